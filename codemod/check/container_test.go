package check

import (
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
)

func TestContainerFaults(t *testing.T) {
	const dockerfile, deployment = "packages/backend/Dockerfile", "k8s/backstage.yaml"
	testFileFaults(t, []fileFault{
		{name: "no user", file: dockerfile, old: "USER node\n", new: "",
			code: "BK001", severity: diag.Warning, line: "FROM node:22-bookworm-slim", summary: "root"},
		{name: "root again", file: dockerfile, old: "EXPOSE 7007\n", new: "EXPOSE 7007\nuser root\n",
			code: "BK001", severity: diag.Warning, line: "user root", summary: "root"},
		{name: "an image whose user is not known", file: dockerfile, old: "FROM node:22-bookworm-slim\nUSER node\n", new: "ARG BASE=x:1\nFROM ${BASE}\n"},
		{name: "a file that does not exist", file: dockerfile, old: "EXPOSE", new: "COPY --chown=node:node plugins/x.json ./\nEXPOSE",
			code: "BK002", severity: diag.Warning, line: "COPY --chown=node:node plugins/x.json ./", summary: "plugins/x.json"},
		{name: "a file that is left out", file: dockerfile, old: "EXPOSE", new: "COPY packages/backend/src/index.ts x/\nEXPOSE",
			code: "BK002", severity: diag.Warning, line: "COPY packages/backend/src/index.ts x/", summary: ".dockerignore leaves it out"},
		{name: "a file that an exception takes in", file: dockerfile, old: "EXPOSE", new: "COPY packages/backend/src/index.ts x/\nEXPOSE",
			also: map[string]string{".dockerignore": "packages/*/src\n!packages/backend/src/*.ts\n"}},
		{name: "a stage that builds what is left out", file: dockerfile, old: "FROM node:22-bookworm-slim\n",
			new:  "FROM node:22 AS build\nCOPY . .\nRUN yarn install && \\\n  yarn tsc\nFROM node:22-bookworm-slim\n",
			code: "BK003", severity: diag.Error, line: "RUN yarn install && \\", summary: "packages/backend/src"},
		{name: "configuration that is not copied", file: dockerfile, old: "app-config*.yaml ./", new: "app-config.yaml ./",
			code: "BK004", severity: diag.Warning, line: `CMD ["node", "packages/backend", "--config", "app-config.yaml", "--config", "app-config.production.yaml"]`, summary: "app-config.production.yaml"},
		{name: "configuration that is mounted", file: dockerfile, old: "app-config*.yaml ./", new: "app-config.yaml ./",
			also: map[string]string{"compose.yaml": "services:\n  x:\n    volumes: ['./app-config.production.yaml:/app/app-config.production.yaml']\n"}},
		{name: "configuration that .dockerignore leaves out", file: ".dockerignore", old: "*.local.yaml", new: "app-config.production.yaml",
			code: "BK004", severity: diag.Warning, line: `CMD ["node", "packages/backend", "--config", "app-config.yaml", "--config", "app-config.production.yaml"]`, summary: ".dockerignore leaves out"},
		{name: "another port", file: deployment, old: "containerPort: 7007", new: "containerPort: 7000",
			code: "BK005", severity: diag.Note, line: "- containerPort: 7000", summary: "7000"},
		{name: "another port in the image", file: dockerfile, old: "EXPOSE 7007", new: "EXPOSE 7000/tcp",
			code: "BK005", severity: diag.Note, line: "EXPOSE 7000/tcp", summary: "7000"},
		{name: "an image of no version", file: deployment, old: "backstage:1.2.3", new: "backstage",
			code: "BK006", severity: diag.Note, line: "image: registry.example.com/backstage", summary: "no version"},
		{name: "the latest image", file: dockerfile, old: "node:22-bookworm-slim", new: "node:latest",
			code: "BK006", severity: diag.Note, line: "FROM node:latest", summary: "no version"},
		{name: "a secret in the image", file: dockerfile, old: "EXPOSE", new: "ENV GITHUB_TOKEN=gh7fj39fkf93kf\nEXPOSE",
			code: "BK007", severity: diag.Warning, line: "ENV GITHUB_TOKEN=gh7fj39fkf93kf", summary: "GITHUB_TOKEN"},
		{name: "a secret in the manifest", file: deployment, old: "valueFrom:\n                secretKeyRef: {name: backstage, key: token}", new: "value: gh7fj39fkf93kf",
			code: "BK007", severity: diag.Warning, line: "value: gh7fj39fkf93kf", summary: "GITHUB_TOKEN"},
		{name: "a secret in a Secret", file: deployment, old: "apiVersion: v1\nkind: Service\nmetadata:\n  name: backstage\n", new: "apiVersion: v1\nkind: Secret\nmetadata:\n  name: backstage\ndata:\n  GITHUB_TOKEN: Z2g3ZmozOWZrZjkza2Y=\n",
			code: "BK007", severity: diag.Warning, line: "GITHUB_TOKEN: Z2g3ZmozOWZrZjkza2Y=", summary: "GITHUB_TOKEN"},
		{name: "no probe", file: deployment, old: "          readinessProbe:\n            httpGet:\n              port: 7007\n              path: /.backstage/health/v1/readiness\n", new: "",
			code: "BK008", severity: diag.Note, line: "image: registry.example.com/backstage:1.2.3", summary: "readiness probe"},
		{name: "a probe of the old system", file: deployment, old: "path: /.backstage/health/v1/readiness", new: "path: /healthcheck",
			code: "BK009", severity: diag.Warning, line: "path: /healthcheck", summary: "/healthcheck", fixed: "path: /.backstage/health/v1/readiness"},
		{name: "a probe of a later release", release: "1.28.4",
			code: "BK009", severity: diag.Warning, line: "path: /.backstage/health/v1/readiness", summary: "does not serve"},
		{name: "one replica that is dropped", file: deployment, old: "type: RollingUpdate", new: "type: Recreate",
			code: "BK010", severity: diag.Note, line: "type: Recreate", summary: "outage"},
		{name: "no resources", file: deployment, old: "          resources:\n            limits: {memory: 1Gi}\n", new: "",
			code: "BK011", severity: diag.Note, line: "image: registry.example.com/backstage:1.2.3", summary: "resources"},
		{name: "a manifest that is a template", file: deployment, old: "name: GITHUB_TOKEN\n", new: "name: {{ .Values.name }}\n"},
	})
}

func TestDockerfilesAreRead(t *testing.T) {
	src := "# syntax=docker/dockerfile:1\nARG V=1\nFROM --platform=x node:${V} AS build\nRUN <<EOF\nFROM inside\nEOF\n" +
		"COPY --from=a \\\n  # why\n\n  [\"a b\", \"c\"]\nENV A=b \\\n    C=d\nFROM build\nCMD [\"node\", \"packages/backend\"]\n"
	d, err := parseDockerfile("Dockerfile", []byte(src))
	d.backends = []string{"packages/backend"}
	if err != nil || len(d.stages) != 2 || d.stages[0].as != "build" || d.stages[0].image != "node:1" || len(d.stages[0].list) != 3 {
		t.Fatalf("%v %+v", err, d)
	}
	copied := d.stages[0].list[1]
	if copied.flags["from"] != "a" || len(copied.words) != 2 || copied.words[0].text != "a b" {
		t.Errorf("COPY is %+v", copied)
	}
	if env := d.stages[0].list[2]; len(env.words) != 2 || src[env.words[1].span.Start:env.words[1].span.End] != "C=d" {
		t.Errorf("ENV is %+v", env)
	}
	if len(d.lineage()) != 2 || !d.runsBackend() {
		t.Error("the last stage is not that which runs the backend")
	}
}

func FuzzDockerfile(f *testing.F) {
	f.Add([]byte(wholeApp["packages/backend/Dockerfile"]))
	f.Add([]byte("FROM a\\\nRUN <<X\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := parseDockerfile("Dockerfile", src)
		if err != nil {
			return
		}
		d.runsBackend()
		for _, s := range d.stages {
			for _, ins := range s.list {
				if ins.span.Start < 0 || ins.span.End > len(src) || ins.span.Start > ins.span.End {
					t.Fatalf("the span of %s is %v", ins.name, ins.span)
				}
			}
		}
	})
}
