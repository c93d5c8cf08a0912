package manifest

import (
	"bytes"
	"context"
	"errors"
	"net/url"

	"github.com/batten-dev/batten/codemod/diag"
)

// YarnPlugin is the Backstage plugin of yarn as it is published with a release, a JavaScript
// file: what `yarn plugin import` loads from BASE/v1/releases/RELEASE/yarn-plugin.
//
// The error is a *diag.Diagnostic: the server does not answer or is not to be asked, has no such
// file, or answers with something else.
func (r *Resolver) YarnPlugin(ctx context.Context, release string) ([]byte, error) {
	if r.config.Offline {
		return nil, diag.Errorf("offline", "no server is asked")
	}
	address := r.server.base + "/v1/releases/" + url.PathEscape(release) + "/yarn-plugin"
	data, fail := r.server.once(ctx, address)
	if fail != nil {
		if fail.problem == missing {
			return nil, diag.Errorf("yarn-plugin-missing", "there is no plugin at %s", address)
		}
		return nil, fail.diagnostic()
	}
	if !bytes.Contains(data, []byte("plugin-backstage")) || bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")) {
		return nil, (&failure{address, invalid, errors.New("this is not the Backstage plugin of yarn")}).diagnostic()
	}
	return data, nil
}
