package npmtest

import (
	"net/http"
	"strconv"
)

// Status answers with an HTTP status and nothing else.
func Status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// Page answers with the page of a proxy that wants a login.
func Page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write([]byte("<!DOCTYPE html>\n<html><title>Sign in</title></html>\n"))
}

// Silent never answers.
func Silent(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() }

// Stalled begins an answer, and then says no more.
func Stalled(w http.ResponseWriter, req *http.Request) {
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(`{"name":`))
	if flusher, ok := w.(http.Flusher); ok {
		flusher.Flush()
	}
	<-req.Context().Done()
}

// BrokenOff ends the connection in the middle of its answer.
func BrokenOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", strconv.Itoa(1000))
	_, _ = w.Write([]byte(`{"name": "x", "versions": {}`))
}

// Body answers with a body, whatever it is.
func Body(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }
}
