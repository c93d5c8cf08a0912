package check

import (
	"strings"
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

const (
	ownDockerfile = "packages/backend/Dockerfile"
	ownDeployment = "k8s/backstage.yaml"
)

func TestWhoRunsTheBackend(t *testing.T) {
	noUser := strings.Replace(wholeApp[ownDockerfile], "USER node\n", "", 1)
	from := func(image string) string { return strings.Replace(noUser, "node:22-bookworm-slim", image, 1) }
	asUser := func(fields string) map[string]string {
		return map[string]string{ownDeployment: strings.Replace(wholeApp[ownDeployment], "    spec:\n      containers:", "    spec:\n      securityContext: "+fields+"\n      containers:", 1)}
	}
	testFileFaults(t, []fileFault{
		{name: "a mirror", file: ownDockerfile, new: from("mirror.example.com:5000/library/node:22"),
			code: "BK001", severity: diag.Warning, line: "FROM mirror.example.com:5000/library/node:22", summary: "root"},
		{name: "without a shell", file: ownDockerfile, new: from("gcr.io/distroless/nodejs22-debian12:latest@sha256:0123"),
			code: "BK001", severity: diag.Warning, line: "FROM gcr.io/distroless/nodejs22-debian12:latest@sha256:0123", summary: "root"},
		{name: "a variable", file: ownDockerfile, new: "ARG NODE=node:22-slim\n" + from("${NODE}"),
			code: "BK001", severity: diag.Warning, line: "FROM ${NODE}", summary: "root"},
		{name: "a stage", file: ownDockerfile, new: "FROM node:22-slim AS base\n" + from("base"),
			code: "BK001", severity: diag.Warning, line: "FROM base", summary: "root"},
		{name: "nonroot", file: ownDockerfile, new: from("gcr.io/distroless/nodejs22-debian12:nonroot")},
		{name: "an image with a user", file: ownDockerfile, new: from("registry.access.redhat.com/ubi9/nodejs-22:1")},
		{name: "an image of somebody's", file: ownDockerfile, new: from("example.com/node:22")},
		{name: "a user by number", file: ownDockerfile, old: "USER node", new: "USER 0:0",
			code: "BK001", severity: diag.Warning, line: "USER 0:0", summary: "root"},
		{name: "another user by number", file: ownDockerfile, old: "USER node", new: "USER 1001"},
		{name: "a command that changes the user", file: ownDockerfile, new: strings.Replace(noUser, `["node"`, `["su-exec", "node", "node"`, 1)},
		{name: "a script that changes the user", file: ownDockerfile, new: noUser + "ENTRYPOINT [\"./start.sh\"]\n", also: map[string]string{"start.sh": "exec gosu node \"$@\"\n"}},
		{name: "a script that does not", file: ownDockerfile, new: noUser + "ENTRYPOINT [\"./start.sh\"]\n", also: map[string]string{"start.sh": "exec \"$@\"\n"},
			code: "BK001", severity: diag.Warning, line: "FROM node:22-bookworm-slim", summary: "root"},
		{name: "a manifest with a user", file: ownDockerfile, new: noUser, also: asUser("{runAsUser: 1000}"),
			code: "BK001", severity: diag.Note, line: "FROM node:22-bookworm-slim", summary: "root"},
		{name: "a manifest with root", also: asUser("{runAsUser: 0}"),
			code: "BK001", severity: diag.Warning, line: "securityContext: {runAsUser: 0}", summary: "root"},
		{name: "compose with root", file: "compose.yaml", new: "services:\n  backstage:\n    image: backstage\n    user: root\n",
			code: "BK001", severity: diag.Note, line: "user: root", summary: "root"},
		{name: "a Dockerfile of something else", file: "services/mail/Dockerfile", new: "FROM node:16\nCOPY nothing .\nCMD [\"node\", \"index.js\"]\n"},
		{name: "a Dockerfile of a template", file: "templates/x/Dockerfile", new: "FROM node:16\nCOPY nothing .\nCMD [\"node\", \"packages/backend\"]\n"},
	})
}

// staged is an image that is built in stages, as Backstage's documentation has it.
const staged = `FROM node:22-bookworm-slim AS packages
WORKDIR /app
COPY package.json yarn.lock ./
COPY packages packages

FROM node:22-bookworm-slim AS build
USER node
WORKDIR /app
COPY --from=packages --chown=node:node /app .
COPY --chown=node:node . .
RUN mkdir packages/backend/dist/skeleton packages/backend/dist/bundle \
    && tar xzf packages/backend/dist/skeleton.tar.gz -C skeleton \
    && tar xzf packages/backend/dist/bundle.tar.gz -C bundle

FROM node:22-bookworm-slim
USER node
WORKDIR /app
COPY --from=build --chown=node:node /app/packages/backend/dist/skeleton/ ./
COPY --from=build --chown=node:node /app/packages/backend/dist/bundle/ ./
COPY --chown=node:node app-config.yaml app-config.production.yaml ./
CMD ["node", "packages/backend", "--config", "app-config.yaml", "--config", "app-config.production.yaml"]
`

func TestWhatIsInAnImage(t *testing.T) {
	const command = `CMD ["node", "packages/backend", "--config", "app-config.yaml", "--config", "app-config.production.yaml"]`
	const both = "COPY --chown=node:node app-config.yaml app-config.production.yaml ./\n"
	change := func(old, with string) string { return strings.Replace(staged, old, with, 1) }
	missing := func(name, text, summary string) fileFault {
		f := fileFault{name: name, file: "Dockerfile", new: text}
		if summary != "" {
			f.code, f.severity, f.line, f.summary = "BK004", diag.Warning, command, summary
		}
		return f
	}
	first := func(name, text string) fileFault {
		const more = `, "--config", "app-config.production.yaml"`
		f := missing(name, strings.Replace(text, more, "", 1), "app-config.yaml, which is not copied")
		f.line = strings.Replace(command, more, "", 1)
		return f
	}
	gone := fileFault{name: "neither in the image nor in the repository", file: "Dockerfile", new: change("app-config.production.yaml\"]", "app-config.other.yaml\"]"),
		code: "BK004", severity: diag.Note, line: strings.Replace(command, ".production", ".other", 1), summary: "neither in the image nor in the repository"}
	testFileFaults(t, []fileFault{
		missing("both are copied", staged, ""),
		missing("one is not", change("app-config.production.yaml ./\nCMD", "./\nCMD"), "app-config.production.yaml, which is not copied"),
		missing("a stage has it", change(both, "COPY --from=build /app/app-config*.yaml ./\n"), ""),
		missing("a stage has one", change(both, "COPY --from=build /app/app-config.yaml ./\n"), "app-config.production.yaml, which is not copied"),
		missing("a stage by its number", change(both, "COPY --from=1 [\"/app/app-config.yaml\", \"/app/app-config.production.yaml\", \".\"]\n"), ""),
		missing("all of a stage", change(both, "COPY --from=build /app /app\n"), ""),
		first("a stage that lacks it", change(both, "COPY --from=packages /app ./\n")),
		first("another folder", change(both, "COPY --chown=node:node app-config.yaml app-config.production.yaml /config/\n")),
		first("the folder above", change(both, "WORKDIR /\n"+both+"WORKDIR app\n")),
		missing("a folder by its variable", change(both, "ENV HOME_OF=/app\nCOPY app-config.yaml app-config.production.yaml ${HOME_OF}/\n"), ""),
		missing("a folder that is not known", change(both, "COPY app-config.yaml app-config.production.yaml ${UNSET}/\n"), ""),
		missing("made by a command", change(both, "RUN envsubst < /x > /app/y\n"), ""),
		missing("an image that may have it", strings.Replace(change(both, ""), "\n\nFROM node:22-bookworm-slim\n", "\n\nFROM example.com/base:1\n", 1), ""),
		missing("copied as a document", change(both, "COPY <<EOF app-config.yaml\nbackend: {}\nEOF\n"), ""),
		gone,
		{name: "a stage that is not there", file: "Dockerfile", new: change("--from=build --chown=node:node /app/packages/backend/dist/bundle/", "--from=builder /app/bundle/"),
			code: "BK002", severity: diag.Warning, line: "COPY --from=builder /app/bundle/ ./", summary: "no stage builder"},
		{name: "an image to copy from", file: "Dockerfile", new: change("USER node\nWORKDIR /app\nCOPY --from=build --chown", "COPY --from=busybox:1 /bin/sh /bin/sh\nUSER node\nWORKDIR /app\nCOPY --from=build --chown")},
		{name: "the archives are left out", file: ".dockerignore", old: "node_modules", new: "packages/*/dist",
			code: "BK002", severity: diag.Warning, line: "COPY --chown=node:node yarn.lock package.json packages/backend/dist/skeleton.tar.gz ./", summary: "skeleton.tar.gz is copied into the image, and .dockerignore leaves it out"},
	})
}

func TestHealthChecksAndPorts(t *testing.T) {
	compose := func(fields string) map[string]string {
		return map[string]string{"docker-compose.yml": "services:\n  backstage:\n    image: backstage\n" + fields}
	}
	values := func(fields string) map[string]string { return map[string]string{"helm/values.yaml": fields} }
	testFileFaults(t, []fileFault{
		{name: "HEALTHCHECK", file: ownDockerfile, old: "EXPOSE 7007\n", new: "HEALTHCHECK --interval=5s \\\n  CMD curl -f http://localhost:7007/healthcheck || exit 1\n",
			code: "BK009", severity: diag.Warning, line: "CMD curl -f http://localhost:7007/healthcheck || exit 1", summary: "/healthcheck",
			fixed: "HEALTHCHECK --interval=5s \\\n  CMD curl -f http://localhost:7007/.backstage/health/v1/readiness || exit 1\n"},
		{name: "HEALTHCHECK at another port", file: ownDockerfile, old: "EXPOSE 7007\n", new: "HEALTHCHECK CMD curl -f http://127.0.0.1:3000/.backstage/health/v1/readiness\n",
			code: "BK005", severity: diag.Note, line: "HEALTHCHECK CMD curl -f http://127.0.0.1:3000/.backstage/health/v1/readiness", summary: "asks at port 3000"},
		{name: "HEALTHCHECK that is right", file: ownDockerfile, old: "EXPOSE 7007\n", new: "HEALTHCHECK CMD curl -f http://localhost:7007/.backstage/health/v1/readiness\n"},
		{name: "compose", file: "x", also: compose("    healthcheck:\n      test: ['CMD', 'curl', '-f', 'http://localhost:7007/healthcheck']\n"),
			code: "BK009", severity: diag.Warning, line: "test: ['CMD', 'curl', '-f', 'http://localhost:7007/healthcheck']", summary: "/healthcheck",
			mends: "docker-compose.yml#'http://localhost:7007/.backstage/health/v1/readiness'"},
		{name: "compose of something else", file: "x", also: map[string]string{"compose.yaml": "services:\n  db:\n    image: postgres:16\n    ports: ['5432:5432']\n    healthcheck: {test: curl http://localhost:1/healthcheck}\n"}},
		{name: "the port of compose", file: "x", also: compose("    ports: ['80:7000']\n"),
			code: "BK005", severity: diag.Note, line: "ports: ['80:7000']", summary: "port 7000"},
		{name: "ports of compose that are right", file: "x", also: compose("    ports:\n      - target: 7007\n        published: 80\n")},
		{name: "compose for development", file: "x", also: compose("    ports: ['3000:3000']\n    command: yarn dev\n")},
		{name: "the port of a probe", file: ownDeployment, old: "              port: 7007", new: "              port: 7000",
			code: "BK005", severity: diag.Note, line: "port: 7000", summary: "readinessProbe asks at port 7000"},
		{name: "the path of other programs", file: ownDeployment, old: "path: /.backstage/health/v1/readiness", new: "path: /healthz",
			code: "BK009", severity: diag.Note, line: "path: /healthz", summary: "/healthz"},
		{name: "a path that a source has", file: ownDeployment, old: "path: /.backstage/health/v1/readiness", new: "path: /healthz",
			also: map[string]string{"packages/backend/src/health.ts": "export const path = '/healthz';\n"}},
		{name: "values of Backstage's chart", file: "x", also: values("backstage:\n  image: {repository: x/portal, tag: '1'}\n  livenessProbe:\n    httpGet: {path: /healthcheck, port: 7007}\n"),
			code: "BK009", severity: diag.Warning, line: "httpGet: {path: /healthcheck, port: 7007}", summary: "/healthcheck", mends: "helm/values.yaml#{path: /.backstage/health/v1/liveness, port"},
		{name: "the port of values", file: "x", also: values("backstage:\n  containerPorts: {backend: 7000}\n"),
			code: "BK005", severity: diag.Note, line: "containerPorts: {backend: 7000}", summary: "7000"},
		{name: "the image of values", file: "x", also: values("image:\n  repository: example.com/backstage\n  tag: latest\n"),
			code: "BK006", severity: diag.Note, line: "tag: latest", summary: "example.com/backstage:latest"},
		{name: "a variable of values", file: "x", also: values("backstage:\n  extraEnvVars:\n    - name: GITHUB_TOKEN\n      value: gh7fj39fkf93kf\n"),
			code: "BK007", severity: diag.Warning, line: "value: gh7fj39fkf93kf", summary: "GITHUB_TOKEN"},
		{name: "the configuration in values", file: "x", also: values("backstage:\n  appConfig:\n    integrations:\n      github:\n        - host: github.com\n          token: gh7fj39fkf93kf\n"),
			code: "BK007", severity: diag.Warning, line: "token: gh7fj39fkf93kf", summary: "integrations.github"},
		{name: "the database of values", file: "x", also: values("backstage:\n  image: {tag: '1'}\npostgresql:\n  auth: {password: gh7fj39fkf93kf}\n"),
			code: "BK007", severity: diag.Warning, line: "auth: {password: gh7fj39fkf93kf}", summary: "postgresql.auth.password"},
		{name: "values that are right", file: "x", also: values("backstage:\n  image: {tag: '1'}\n  extraEnvVars:\n    - name: GITHUB_TOKEN\n      value: ${GITHUB_TOKEN}\npostgresql:\n  auth: {password: postgres}\n")},
		{name: "values of something else", file: "x", also: values("image: {repository: nginx, tag: latest}\nreadinessProbe: {httpGet: {path: /healthcheck}}\n")},
		{name: "values that are a template", file: "x", also: values("backstage:\n  image: {tag: latest}\n  x: '{{ .Values }}'\n")},
		{name: "templates", file: "x", also: map[string]string{"helm/Chart.yaml": "name: backstage\n", "helm/templates/deployment.yaml": "kind: Deployment\nmetadata: {{ x }}\n", "helm/templates/z.yaml": "kind: Deployment\nmetadata: {{ x }}\n"},
			code: "BK013", severity: diag.Note, line: "", summary: "helm/templates/deployment.yaml and 1 more"},
		{name: "templates of another chart", file: "x", also: map[string]string{"helm/Chart.yaml": "name: postgres\n", "helm/templates/deployment.yaml": "kind: Deployment\nmetadata: {{ x }}\n"}},
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

func TestContainerFilesThatCannotBeRead(t *testing.T) {
	for _, x := range []struct{ name, file, text, want string }{
		{"an instruction that is none", "Dockerfile", "FROM node:22\nCOPPY packages/backend .\n", "Dockerfile:2:1 there is no instruction COPPY"},
		{"no image", "Dockerfile", "FROM\nRUN packages/backend\n", "Dockerfile:1:1 FROM names no image"},
		{"no FROM", "Dockerfile", "# packages/backend\n", "Dockerfile the Dockerfile has no FROM"},
		{"something before FROM", "Dockerfile", "RUN packages/backend\n", "Dockerfile:1:1 RUN is before the first FROM"},
		{"something else", "Dockerfile", "<html>\n", ""},
		{"a manifest", "k8s/x.yaml", "kind: Service\n---\nkind: Deployment\nmetadata:\n  name: backstage\n x: [\n", "k8s/x.yaml:5:3 invalid YAML: did not find expected key"},
		{"compose", "compose.yaml", "services: {backstage: {\n", "compose.yaml:1:1 invalid YAML: did not find expected node content"},
		{"the manifest of something else", "k8s/x.yaml", "kind: Deployment\n x: [\n", ""},
		{"a template", "k8s/x.yaml", "kind: Deployment\nname: {{ backstage }}\n x: [\n", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			fault := fileFault{also: map[string]string{x.file: x.text}}
			var got []string
			for _, g := range runFileRules(t, fault.files(t), fileRules).Findings {
				if g.Code != codeUnreadable {
					t.Errorf("found: %s %s %s", g.Location(), g.Code, g.Summary)
				}
				got = append(got, g.Location()+" "+g.Summary)
			}
			if strings.Join(got, "\n") != x.want {
				t.Errorf("got %q\nwant %q", got, x.want)
			}
		})
	}
}

func TestSuppressionsInManifestsAndDockerfiles(t *testing.T) {
	testFileFaults(t, []fileFault{
		{name: "a manifest", also: map[string]string{"deploy/app.yaml": "kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: backstage\n" +
			"          # batten-ignore BK006: built where it runs\n          image: example.com/backstage:latest\n"}},
		{name: "a Dockerfile", also: map[string]string{"build/backend.dockerfile": "# batten-ignore BK001: it has to\nFROM node:22\nCMD [\"node\", \"packages/backend\"]\n"}},
	})
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
