//go:build unix

package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// radarEntry is what the radar shows.
const radarEntry = "The one language"

// radar are the data of a radar.
const radar = `{
  "quadrants": [{"id": "a", "name": "Infrastructure"}, {"id": "b", "name": "Frameworks"}, {"id": "c", "name": "Languages"}, {"id": "d", "name": "Process"}],
  "rings": [{"id": "adopt", "name": "ADOPT", "color": "#5BA300"}, {"id": "trial", "name": "TRIAL", "color": "#009EB0"}],
  "entries": [{"id": "go", "key": "go", "title": "` + radarEntry + `", "quadrant": "c", "url": "#",
    "timeline": [{"moved": 0, "ringId": "adopt", "date": "2024-01-01", "description": ""}]}]
}
`

// outside stands for what the plugins' backends ask: it has the radar's data, and knows
// neither projects nor jobs. It returns the settings that lead there.
func outside(t *testing.T) []string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/radar.json" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, radar)
	}))
	t.Cleanup(server.Close)
	return []string{
		"APP_CONFIG_techRadar_url=" + server.URL + "/radar.json",
		fmt.Sprintf(`APP_CONFIG_backend_reading_allow=[{"host":%q}]`, strings.TrimPrefix(server.URL, "http://")),
		"APP_CONFIG_sonarqube_baseUrl=" + server.URL + "/sonarqube",
		"APP_CONFIG_jenkins_baseUrl=" + server.URL + "/jenkins",
	}
}
