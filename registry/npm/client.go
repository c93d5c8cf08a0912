package npm

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"path"
	"strings"
	"sync"
)

// Client reads packages from the registries of a Config.
type Client struct {
	config Config
	http   *transport
	cache  cache

	registry func() (string, error) // address of the default registry, without slash at the end

	mu    sync.Mutex
	calls map[string]*call // packuments asked for, by kind and name

	sweep func() // of the cache, once
}

// call is one packument, asked for once.
type call struct {
	done chan struct{}
	p    *Packument
	err  error
}

// New makes a client. It asks nothing yet.
func New(config Config) *Client {
	config = config.withDefaults()
	c := &Client{config: config, cache: cache{dir: config.Cache, limit: config.CacheLimit, age: config.CacheAge}, calls: map[string]*call{}}
	c.http = newTransport(c.config)
	c.registry = sync.OnceValues(c.findRegistry)
	c.sweep = sync.OnceFunc(c.cache.sweep)
	return c
}

func (c *Client) findRegistry() (string, error) {
	address := c.config.Registry
	if address == "" {
		address = c.cache.registry(c.config.Offline)
	}
	if address == "" && (c.config.Discover == nil || c.config.Offline) {
		return "", errors.New("none is configured")
	}
	if address == "" {
		ctx, cancel := context.WithTimeout(context.Background(), c.config.Timeout)
		defer cancel()
		found, err := c.config.Discover(ctx)
		if err != nil {
			return "", err
		}
		address = found
		c.cache.keepRegistry(address)
	}
	if parseAddress(address) == nil {
		return "", errors.New("the configured registry is no http or https address")
	}
	return strings.TrimSuffix(address, "/"), nil
}

// registryOf is the registry that a package comes from, without slash at the end, and the login
// for it.
func (c *Client) registryOf(name string) (string, Auth, error) {
	scope, _, scoped := strings.Cut(name, "/")
	address := ""
	if scoped {
		address = strings.TrimSuffix(c.config.Scopes[scope], "/")
	}
	if address == "" {
		found, err := c.registry()
		if err != nil {
			return "", Auth{}, c.noRegistry(name, err)
		}
		address = found
		if login, ok := c.config.Auth[scope]; ok && scoped {
			return address, login, nil
		}
	}
	return address, c.authFor(address + "/" + name), nil
}

func (c *Client) noRegistry(name string, err error) *Error {
	return &Error{Problem: NoRegistry, Package: name, Detail: "no npm registry is known", Err: err,
		Next: "set npm_config_registry, or registry= in .npmrc, or npmRegistryServer in .yarnrc.yml"}
}

func (c *Client) hasOwnRegistry(name string) bool {
	scope, _, _ := strings.Cut(name, "/")
	return c.config.Scopes[scope] != ""
}

// authFor is the login for an address: of the longest configured path that it is under.
func (c *Client) authFor(address string) Auth {
	for key := authKey(address); len(key) > 2; {
		if login, ok := c.config.Auth[key]; ok {
			return login
		}
		if login, ok := c.config.Auth[strings.TrimSuffix(key, "/")]; ok {
			return login
		}
		i := strings.LastIndexByte(key[:len(key)-1], '/')
		key = key[:i+1]
	}
	if registry, err := c.registry(); err == nil && strings.HasPrefix(address, registry+"/") {
		return c.config.Auth[""]
	}
	return Auth{}
}

// Packument returns what the registry says of a package: versions, their dependencies, tags.
// Publish times and descriptions may be missing; see FullPackument.
func (c *Client) Packument(ctx context.Context, name string) (*Packument, error) {
	return c.packument(ctx, name, false)
}

// FullPackument is Packument with publish times, descriptions and the "backstage" fields: a
// document up to a hundred times as large.
func (c *Client) FullPackument(ctx context.Context, name string) (*Packument, error) {
	return c.packument(ctx, name, true)
}

func (c *Client) packument(ctx context.Context, name string, full bool) (*Packument, error) {
	if !ValidName(name) {
		return nil, &Error{Problem: BadName, Package: name, Detail: "this cannot be the name of a package"}
	}
	key := name
	if full {
		key += " full"
	}
	c.mu.Lock()
	running, ok := c.calls[key]
	if !ok {
		running = &call{done: make(chan struct{})}
		c.calls[key] = running
	}
	c.mu.Unlock()
	if ok {
		select {
		case <-running.done:
			return running.p, running.err
		case <-ctx.Done():
			return nil, &Error{Problem: Network, Package: name, Detail: "gave up waiting", Err: ctx.Err()}
		}
	}
	running.p, running.err = c.fetchPackument(ctx, name, full)
	if running.err != nil {
		c.mu.Lock()
		delete(c.calls, key) // a later call may try again
		c.mu.Unlock()
	}
	close(running.done)
	return running.p, running.err
}

const (
	acceptShort = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8"
	acceptFull  = "application/json"
)

func (c *Client) fetchPackument(ctx context.Context, name string, full bool) (*Packument, error) {
	registry, login, err := c.registryOf(name)
	if err != nil {
		return nil, err
	}
	address := registry + "/" + strings.Replace(name, "/", "%2f", 1)
	p, kept := c.cached(address, full)
	if p != nil && (c.config.Offline || kept.fresh(c.config.Freshness)) {
		return p, nil
	}
	if !full {
		if p, kept := c.cached(address, true); p != nil && (c.config.Offline || kept.fresh(c.config.Freshness)) {
			return p, nil
		}
	}
	if absent := kept.Absent; absent != nil && login == (Auth{}) && (c.config.Offline || kept.fresh(c.config.Freshness)) {
		return nil, absent
	}
	if c.config.Offline {
		return nil, &Error{Problem: Offline, Package: name, Detail: "not in the cache, and asked to be offline", Next: "run once without --offline"}
	}
	req := request{address: address, accept: acceptShort, login: login, limit: c.config.Limits.Document, pkg: name, ownRegistry: c.hasOwnRegistry(name),
		check: func(body []byte) (err error) {
			p, err = parsePackument(body)
			return err
		}}
	if full {
		req.accept = acceptFull
	}
	if p != nil {
		req.etag = kept.ETag
	}
	answer, err := c.http.get(ctx, req)
	if err != nil {
		var e *Error
		if errors.As(err, &e) && e.Problem == NotFound && login == (Auth{}) { // with another login it might be there
			c.cache.keepAbsent(address, full, e)
		}
		return nil, err
	}
	if answer.unchanged {
		c.cache.keepPackument(address, full, kept.ETag, kept.body)
	} else if body, err := p.compact(); err == nil {
		c.cache.keepPackument(address, full, answer.etag, body)
	}
	c.sweep()
	return p, nil
}

// cached is a packument from the cache; nil if there is none that can be read.
func (c *Client) cached(address string, full bool) (*Packument, entry) {
	kept, ok := c.cache.packument(address, full)
	if !ok {
		return nil, entry{}
	}
	if kept.Absent != nil {
		return nil, kept
	}
	p, err := parsePackument(kept.body)
	if err != nil {
		return nil, entry{}
	}
	return p, kept
}

// Version returns one version of a package. version is exact, or a tag like "latest".
func (c *Client) Version(ctx context.Context, name, version string) (*Version, error) {
	p, err := c.Packument(ctx, name)
	if err != nil {
		return nil, err
	}
	if v := p.Versions[version]; v != nil {
		return v, nil
	}
	if v := p.Versions[p.DistTags[version]]; v != nil {
		return v, nil
	}
	return nil, &Error{Problem: NotFound, Package: name + "@" + version, Detail: "the registry has no such version"}
}

// Tarball returns the files of a version, without the folder that npm puts around them:
// "package.json", "dist/index.js". The tree is read-only and in memory.
func (c *Client) Tarball(ctx context.Context, v *Version) (*Tree, error) {
	pkg := v.Name + "@" + v.Version
	sum, err := parseIntegrity(v.Dist)
	if err != nil {
		return nil, &Error{Problem: Tampered, Package: pkg, Detail: "its tarball cannot be verified", Err: err}
	}
	data, ok := c.cache.tarball(sum)
	if !ok {
		if c.config.Offline {
			return nil, &Error{Problem: Offline, Package: pkg, Detail: "not in the cache, and asked to be offline", Next: "run once without --offline"}
		}
		if data, err = c.fetchTarball(ctx, v, pkg, sum); err != nil {
			return nil, err
		}
		c.cache.keepTarball(sum, data)
		c.sweep()
	}
	tree, err := unpack(data, c.config.Limits)
	if err != nil {
		return nil, &Error{Problem: Unsafe, Package: pkg, Detail: "its tarball is refused", Err: err}
	}
	return tree, nil
}

func (c *Client) fetchTarball(ctx context.Context, v *Version, pkg string, sum integrity) ([]byte, error) {
	addresses, err := c.tarballAddresses(v)
	if err != nil {
		return nil, err
	}
	var first error
	for i, address := range addresses {
		req := request{address: address.url, accept: "*/*", login: address.login, limit: c.config.Limits.Packed, pkg: pkg,
			ownRegistry: c.hasOwnRegistry(v.Name), check: sum.check}
		answer, err := c.http.get(ctx, req)
		if err == nil {
			return answer.body, nil
		}
		first = cmp.Or(first, err)
		var e *Error
		if i == len(addresses)-1 || !errors.As(err, &e) || e.Problem == Tampered || ctx.Err() != nil {
			break
		}
	}
	return nil, first
}

type tarballAddress struct {
	url   string
	login Auth
}

// tarballAddresses is where a tarball may be. A mirror often hands on packuments that name the
// host it mirrors: then it is asked first itself. What is accepted is decided by the hash.
func (c *Client) tarballAddresses(v *Version) ([]tarballAddress, error) {
	registry, login, err := c.registryOf(v.Name)
	if err != nil {
		return nil, err
	}
	own := tarballAddress{registry + "/" + v.Name + "/-/" + path.Base(v.Name) + "-" + v.Version + ".tgz", login}
	stated, home := parseAddress(v.Dist.Tarball), parseAddress(registry)
	if stated == nil || home == nil {
		return []tarballAddress{own}, nil
	}
	named := tarballAddress{v.Dist.Tarball, c.authFor(v.Dist.Tarball)}
	if stated.Host != home.Host {
		return []tarballAddress{own, named}, nil
	}
	if named.login.header == "" && stated.Scheme == home.Scheme {
		named.login = login
	}
	return []tarballAddress{named}, nil
}

// parseAddress is nil for what is no http or https address.
func parseAddress(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	return u
}
