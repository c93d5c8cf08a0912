package npm

import (
	"net/http"
	"net/url"
)

// ProxyFor is the proxy that the Config's client uses for a request: Config.Proxy, or that of the
// usual environment variables; nil for none.
func (c Config) ProxyFor(r *http.Request) (*url.URL, error) { return proxyOf(c)(r) }
