package check

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
)

// noProbe is the deployment of wholeApp without its probe and resources.
var noProbe = strings.NewReplacer(
	"          readinessProbe:\n            httpGet:\n              port: 7007\n              path: /.backstage/health/v1/readiness\n", "",
	"          resources:\n            limits: {memory: 1Gi}\n", "          resources: {}\n",
).Replace(wholeApp["k8s/backstage.yaml"])

const wholePatch = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: backstage
spec:
  template:
    spec:
      containers:
        - name: backstage
          resources: {requests: {memory: 512Mi}}
          readinessProbe:
            httpGet: {path: /.backstage/health/v1/readiness, port: 7007}
`

func TestKustomizationsAreLaidOverManifests(t *testing.T) {
	const base, k = "k8s/backstage.yaml", "k8s/kustomization.yaml"
	patch := func(text string) map[string]string {
		return map[string]string{k: "resources: [backstage.yaml]\n" + text, "k8s/patch.yaml": wholePatch}
	}
	const image = "image: registry.example.com/backstage:1.2.3"
	probeAlone := strings.Replace(noProbe, "resources: {}", "resources: {limits: {memory: 1Gi}}", 1)
	latest := strings.Replace(wholeApp[base], "backstage:1.2.3", "backstage:latest", 1)
	testFileFaults(t, []fileFault{
		{name: "a patch adds what is missing", file: base, new: noProbe, also: patch("patches:\n  - path: patch.yaml\n")},
		{name: "as older versions have it", file: base, new: noProbe, also: patch("patchesStrategicMerge: [patch.yaml]\n")},
		{name: "a patch with a target", file: base, new: noProbe, also: patch("patches:\n  - path: patch.yaml\n    target: {kind: Deployment, name: back.*}\n")},
		{name: "a patch in the kustomization", file: base, new: noProbe, also: patch("patches:\n  - patch: |-\n" + strings.ReplaceAll("\n"+wholePatch, "\n", "\n      ") + "\n")},
		{name: "operations", file: base, new: probeAlone, also: patch("patches:\n  - target: {kind: Deployment}\n    patch: |-\n      - op: add\n        path: /spec/template/spec/containers/0/readinessProbe\n        value: {tcpSocket: {port: 7007}}\n")},
		{name: "in another folder", file: base, new: noProbe, also: map[string]string{
			"k8s/kustomization.yaml":      "resources: [backstage.yaml]\n",
			"k8s/prod/kustomization.yaml": "bases: [..]\npatches:\n  - path: ../patch.yaml\n",
			"k8s/patch.yaml":              wholePatch,
		}},
		{name: "a component", file: base, new: noProbe, also: map[string]string{
			"k8s/kustomization.yaml":       "resources: [backstage.yaml]\ncomponents: [../parts]\n",
			"parts/kustomization.yaml":     "kind: Component\npatches:\n  - path: patch.yaml\n",
			"parts/patch.yaml":             wholePatch,
			"unrelated/kustomization.yaml": "resources: [nothing.yaml]\n",
		}},
		{name: "a component from elsewhere", file: base, new: noProbe, also: patch("components: [../../parts]\n")},
		{name: "a patch that cannot be read", file: base, new: noProbe, also: patch("patches:\n  - path: gone.yaml\n")},
		{name: "a transformer", file: base, new: noProbe, also: patch("transformers: [x.yaml]\n")},
		{name: "one that goes in circles", file: base, new: noProbe, also: map[string]string{
			"k8s/kustomization.yaml": "resources: [backstage.yaml, ../b]\npatches:\n  - path: patch.yaml\n", "b/kustomization.yaml": "resources: [../k8s]\n", "k8s/patch.yaml": wholePatch}},
		{name: "a patch for another one", file: base, new: probeAlone, also: patch("patches:\n  - path: patch.yaml\n    target: {kind: Deployment, name: other}\n"),
			code: "BK008", severity: diag.Note, line: image, summary: "readiness probe"},
		{name: "a kustomization of something else", file: base, new: probeAlone, also: map[string]string{"other/kustomization.yaml": "resources: [x.yaml]\n"},
			code: "BK008", severity: diag.Note, line: image, summary: "readiness probe"},
		{name: "a patch for one of two environments takes it out", file: base, new: probeAlone, also: map[string]string{
			"a/kustomization.yaml": "resources: [../k8s]\npatches:\n  - path: ../patch.yaml\n", "b/kustomization.yaml": "resources: [../k8s]\n",
			"k8s/kustomization.yaml": "resources: [backstage.yaml]\n", "patch.yaml": wholePatch}},
		{name: "a tag", file: base, new: latest, also: patch("images:\n  - name: registry.example.com/backstage\n    newTag: 1.2.4\n")},
		{name: "a digest", file: base, new: latest, also: patch("images:\n  - {name: registry.example.com/backstage, digest: sha256:0123}\n")},
		{name: "the tag of another image", file: base, new: latest, also: patch("images:\n  - name: other\n    newTag: 1.2.4\n"),
			code: "BK006", severity: diag.Note, line: "image: registry.example.com/backstage:latest", summary: "no version"},
		{name: "the tag latest", file: k, new: "resources: [backstage.yaml]\nimages:\n  - name: registry.example.com/backstage\n    newTag: latest\n",
			code: "BK006", severity: diag.Note, line: "newTag: latest", summary: "backstage:latest"},
		{name: "two replicas", file: base, old: "type: RollingUpdate", new: "type: Recreate", also: patch("replicas:\n  - {name: backstage, count: 2}\n")},
		{name: "an update that drops the replica", file: k, new: "resources: [backstage.yaml]\npatches:\n  - target: {kind: Deployment}\n    patch: |-\n      - {op: replace, path: /spec/strategy, value: {type: Recreate}}\n",
			code: "BK010", severity: diag.Note, line: "type: RollingUpdate", summary: "outage"},
	})
}

func TestDeploymentsThatAreRightToDropTheirReplica(t *testing.T) {
	const file = "k8s/backstage.yaml"
	recreate := strings.Replace(wholeApp[file], "type: RollingUpdate", "type: Recreate", 1)
	testFileFaults(t, []fileFault{
		{name: "a disk", file: file, new: recreate + "      volumes:\n        - {name: data, persistentVolumeClaim: {claimName: data}}\n"},
		{name: "an autoscaler", file: file, new: recreate, also: map[string]string{"k8s/hpa.yaml": "kind: HorizontalPodAutoscaler\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: backstage\n"}},
	})
}

func FuzzKustomize(f *testing.F) {
	f.Add("patches:\n  - path: patch.yaml\n", wholePatch)
	f.Add("patchesJson6902:\n  - target: {kind: Deployment}\n    path: patch.yaml\n", "[{op: add, path: /spec/template/spec/containers/0/env/-, value: 1}, {op: remove, path: //a~1}]")
	f.Add("images: [{name: a, newTag: b}]\nreplicas: [1, {name: backstage, count: x}]\n", "$patch: delete\n")
	f.Fuzz(func(t *testing.T, kustomization, patch string) {
		fault := fileFault{also: map[string]string{"k8s/kustomization.yaml": "resources: [backstage.yaml]\n" + kustomization, "k8s/patch.yaml": patch}}
		for _, g := range runFileRules(t, fault.files(t), rulesOfFamilies(Containers, Itself)).Findings {
			if g.Code == codeInternal {
				t.Fatal(g.Summary)
			}
		}
	})
}
