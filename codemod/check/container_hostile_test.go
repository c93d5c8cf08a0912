package check

import (
	"fmt"
	"strings"
	"testing"
)

// bomb is YAML whose aliases come to more than any machine has.
func bomb(under string) string {
	var b strings.Builder
	b.WriteString("x0: &x0 [a, a, a, a, a, a, a, a, a]\n")
	for i := range 30 {
		fmt.Fprintf(&b, "x%d: &x%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d, ", i), 9), ", "))
	}
	return b.String() + strings.ReplaceAll(under, "BOMB", "*x30")
}

// hostile are files of the size n that ask for time or memory.
func hostile(n int) map[string]map[string]string {
	docker := func(text string) map[string]string {
		return map[string]string{"Dockerfile": text + "\nCMD [\"node\", \"packages/backend\", \"--config\", \"app-config.yaml\"]\n"}
	}
	list := func(format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, strings.ReplaceAll(format, "#", fmt.Sprint(i))+"%s", "")
		}
		return b.String()
	}
	deployment := wholeApp["k8s/backstage.yaml"]
	return map[string]map[string]string{
		"heredocs that do not end":     docker("FROM node:22\n" + strings.Repeat("RUN <<A\n", n)),
		"heredocs":                     docker("FROM node:22\n" + strings.Repeat("RUN <<A\nx\nA\n", n)),
		"one long heredoc":             docker("FROM node:22\nRUN <<A\n" + strings.Repeat("x\n", n) + "A\n"),
		"continued lines":              docker("FROM node:22\nRUN a \\\n" + strings.Repeat("  b \\\n# c\n\n", n) + "  d"),
		"words":                        docker("FROM node:22\nCOPY " + strings.Repeat("a ", n) + "./"),
		"a long array":                 docker("FROM node:22\nCOPY [" + strings.Repeat(`"a", `, n) + `"./"]`),
		"variables that double":        docker(strings.Repeat("ARG A=$A$A${A:-xxxxxxxx}\n", n) + "FROM node:$A"),
		"many variables":               docker("FROM node:22\n" + list("ENV A#=$A#$B\n")),
		"stages from stages":           docker("FROM node:22 AS s0\n" + list("FROM s# AS t#\nCOPY --from=s# . .\nCOPY --from=s# . /a\n")),
		"copies of copies":             docker("FROM node:22 AS s\nWORKDIR /app\n" + strings.Repeat("FROM s AS s\nCOPY --from=s /app /app\nCOPY --from=s /app /app\n", min(n, 90))),
		"no Dockerfile":                {"Dockerfile": strings.Repeat("packages/backend\x00\xff\n", n)},
		"ports and health checks":      docker("FROM node:22\nHEALTHCHECK CMD " + strings.Repeat("http://localhost:1/a ", n)),
		"documents":                    {"k8s/x.yaml": strings.Repeat("kind: Deployment\nspec: {containers: 1}\n---\n", n)},
		"containers":                   {"k8s/x.yaml": "kind: Deployment\nspec:\n  selector: {}\n  template:\n    spec:\n      containers:\n" + list("        - {name: backstage#, image: 'backstage:1'}\n")},
		"aliases":                      {"k8s/x.yaml": bomb("kind: Deployment\nspec: {selector: {}, template: {spec: {containers: [{name: backstage, image: 'backstage:1', env: BOMB, resources: BOMB}]}}}\n")},
		"aliases in compose":           {"compose.yaml": bomb("services: {backstage: {image: backstage, environment: BOMB, healthcheck: {test: BOMB}}}\n")},
		"aliases in values":            {"values.yaml": bomb("backstage: {image: {tag: latest}, appConfig: BOMB, extraEnvVars: BOMB}\n")},
		"aliases in a kustomization":   {"k8s/kustomization.yaml": bomb("resources: [backstage.yaml]\npatches: BOMB\n")},
		"patches":                      {"k8s/backstage.yaml": deployment, "k8s/kustomization.yaml": "resources: [backstage.yaml]\npatches:\n" + strings.Repeat("  - {path: patch.yaml}\n", n), "k8s/patch.yaml": wholePatch},
		"kustomizations of each other": kustomizations(min(n, 200)),
		"deep YAML":                    {"k8s/x.yaml": "containers: " + strings.Repeat("[", n) + "\nkind: Deployment"},
		"ignore rules":                 {".dockerignore": strings.Repeat("**/a/**/b*\n!**/c\n", min(n, 2000))},
	}
}

// kustomizations are n of which each takes in the two after it: more ways than can be gone.
func kustomizations(n int) map[string]string {
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("k%d/kustomization.yaml", i)] = fmt.Sprintf("resources: [../k%d, ../k%d, ../k8s/backstage.yaml]\n", i+1, i+2)
	}
	return files
}

// What grows with the square of the size, or worse, does not end in the time of a test.
func TestHostileContainerFiles(t *testing.T) {
	rules := rulesOfFamilies(Containers, Itself)
	for name, files := range hostile(4000) {
		t.Run(name, func(t *testing.T) {
			for _, g := range runFileRules(t, fileFault{also: files}.files(t), rules).Findings {
				if g.Code == codeInternal {
					t.Error(g.Summary)
				}
			}
		})
	}
}

func TestWindowsLineEnds(t *testing.T) {
	crlf := func(name, text string) fileFault {
		return fileFault{name: name, also: map[string]string{name: strings.ReplaceAll(text, "\n", "\r\n")}}
	}
	testFileFaults(t, []fileFault{
		crlf(ownDockerfile, wholeApp[ownDockerfile]), crlf(ownDeployment, wholeApp[ownDeployment]), crlf("Dockerfile", staged),
		crlf("k8s/kustomization.yaml", "resources:\n  - backstage.yaml\n"), crlf(".dockerignore", wholeApp[".dockerignore"]),
		{name: "a byte order mark", also: map[string]string{"Dockerfile": "\ufeff" + staged}},
		{name: "another escape", also: map[string]string{"Dockerfile": "# escape=`\r\n" + strings.ReplaceAll(strings.ReplaceAll(staged, "\\\n", "`\n"), "\n", "\r\n")}},
	})
}
