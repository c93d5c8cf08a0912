package npm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Found is a package that a search found.
type Found struct {
	Name        string
	Version     string // the newest
	Description string
	Keywords    []string
	Homepage    string
	Published   time.Time // of Version; zero if the registry does not say
}

// Search asks the default registry for packages, at most limit of them, the best first. Many
// registries, mirrors above all, have no search: the error then has the problem NoSearch.
func (c *Client) Search(ctx context.Context, words string, limit int) ([]Found, error) {
	registry, err := c.registry()
	if err != nil {
		return nil, c.noRegistry("", err)
	}
	if c.config.Offline {
		return nil, &Error{Problem: Offline, Detail: "a search needs a registry, and asked to be offline", Next: "run it without --offline"}
	}
	var found []Found
	query := url.Values{"text": {words}, "size": {strconv.Itoa(limit)}}
	req := request{
		address: registry + "/-/v1/search?" + query.Encode(), accept: acceptFull, limit: c.config.Limits.Document,
		login: c.authFor(registry + "/-/v1/search"),
		check: func(body []byte) (err error) {
			found, err = parseSearch(body)
			return err
		},
	}
	_, err = c.http.get(ctx, req)
	var e *Error
	if errors.As(err, &e) {
		switch {
		case e.Status == http.StatusNotFound, e.Status == http.StatusMethodNotAllowed, e.Status == http.StatusNotImplemented,
			e.Status == http.StatusBadRequest, errors.Is(err, errNoSearch):
			return nil, &Error{Problem: NoSearch, Host: e.Host, Status: e.Status, Detail: "this registry has no search"}
		}
	}
	if err != nil {
		return nil, err
	}
	return found[:min(limit, len(found))], nil
}

// errNoSearch is an answer that is none to a search: a page, or some other document.
var errNoSearch = errors.New("it is no answer to a search")

func parseSearch(body []byte) ([]Found, error) {
	var doc struct {
		Objects []struct {
			Package struct {
				Name        string
				Version     lenient[string]
				Description lenient[string]
				Keywords    lenient[[]string]
				Date        lenient[time.Time]
				Links       lenient[struct{ Homepage string }]
			}
		}
	}
	if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) {
		return nil, errNoSearch
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.Objects == nil {
		return nil, errNoSearch
	}
	found := []Found{}
	for _, o := range doc.Objects {
		if p := o.Package; ValidName(p.Name) {
			found = append(found, Found{p.Name, p.Version.value, p.Description.value, p.Keywords.value, p.Links.value.Homepage, p.Date.value})
		}
	}
	return found, nil
}
