package schema_test

import (
	"testing"

	"github.com/batten-dev/batten/codemod/schema"
)

var blocks = []struct {
	name string
	dts  string
	path []string
	opts schema.BlockOptions
	want string // "" if there is none
	env  string
}{
	{
		name: "required keys, secrets as variables, descriptions as comments",
		dts: `export interface Config {
  sonarqube?: {
    /** The base url of the installation, without a path, as people open it in their browsers every day */
    baseUrl: string;
    /**
     * A token. It is sent with each request.
     *
     * More about it.
     * @visibility secret
     */
    apiKey: string;
    /** How the token is sent
     * @default "Basic" */
    authType: 'Bearer' | 'Basic';
    other?: string;
    on: boolean;
  };
}`,
		path: []string{"sonarqube"},
		want: `# The base url of the installation, without a path, as people open it in their browsers
# every day.
baseUrl: ${SONARQUBE_BASE_URL}
# A token. It is sent with each request.
apiKey: ${SONARQUBE_API_KEY}
# How the token is sent. One of: Bearer, Basic. Default: Basic.
authType: Basic
on: false
`,
		env: "SONARQUBE_BASE_URL SONARQUBE_API_KEY*",
	},
	{
		name: "keys that the caller asks for, live and commented out",
		dts: `export interface Config { a?: { url?: string; user?: {
  name: string;
  /** @visibility secret */
  pass?: string;
 };
 list?: Array<{ id: string; n?: number }> } }`,
		path: []string{"a"},
		opts: schema.BlockOptions{
			Required: []schema.Path{{"a", "url"}, {"a", "list", "[]", "n"}},
			Optional: []schema.Path{{"a", "user", "pass"}},
		},
		want: `url: ${A_URL}
# user:
#   name: ${A_USER_NAME}
#   pass: ${A_USER_PASS}
list:
  - id: ${A_LIST_ID}
    n: ${A_LIST_N}
`,
		env: "A_URL A_USER_NAME? A_USER_PASS*? A_LIST_ID A_LIST_N",
	},
	{
		name: "without a schema the caller's keys alone",
		path: []string{"x"},
		opts: schema.BlockOptions{Required: []schema.Path{{"x", "deep", "key"}, {"x", "list", "[]"}}},
		want: "deep:\n  key: ${X_DEEP_KEY}\nlist:\n  - ${X_LIST}\n",
		env:  "X_DEEP_KEY X_LIST",
	},
	{
		name: "a schedule",
		dts: `import { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';
export interface Config { p: { schedule: SchedulerServiceTaskScheduleDefinitionConfig } }`,
		path: []string{"p"},
		want: `schedule:
  # How often the task should run: a cron expression, an ISO duration, or a duration
  # object.
  frequency: { minutes: 30 }
  # The maximum time that one run may take.
  timeout: { minutes: 3 }
`,
	},
	{
		name: "a name where keys are free, and a value of the caller's",
		dts: `export interface Config { auth?: { [id: string]: { clientId: string;
  /** @visibility secret */
  clientSecret: string } } }`,
		path: []string{"auth"},
		opts: schema.BlockOptions{
			Required: []schema.Path{{"auth", "github"}},
			Values:   map[string]string{"auth.github.clientId": "abc"},
		},
		want: "github:\n  clientId: abc\n  clientSecret: ${AUTH_GITHUB_CLIENT_SECRET}\n",
		env:  "AUTH_GITHUB_CLIENT_SECRET*",
	},
	{name: "nothing is required", dts: `export interface Config { a?: { b?: string } }`, path: []string{"a"}},
	{name: "a scalar", dts: "export interface Config { a: {\n/** @visibility secret */\nb: string } }", path: []string{"a", "b"}, want: "${A_B}\n", env: "A_B*"},
}

func TestBlock(t *testing.T) {
	for _, tt := range blocks {
		t.Run(tt.name, func(t *testing.T) {
			var s *schema.Schema
			if tt.dts != "" {
				var err error
				if s, err = schema.FromDTS("pkg", "config.d.ts", []byte(tt.dts)); err != nil {
					t.Fatal(err)
				}
			}
			b, ok := s.Block(tt.path, tt.opts)
			if ok != (tt.want != "") || ok && b.YAML != tt.want {
				t.Errorf("%v\n%swant\n%s", ok, b.YAML, tt.want)
			}
			if got := envs(b.Env); ok && got != tt.env {
				t.Errorf("variables %q, want %q", got, tt.env)
			}
		})
	}
}

// envs are variables as text, "*" for secret, "?" for optional ones.
func envs(vars []schema.EnvVar) string {
	out := ""
	for _, v := range vars {
		if out != "" {
			out += " "
		}
		out += v.Name
		if v.Secret {
			out += "*"
		}
		if v.Optional {
			out += "?"
		}
	}
	return out
}
