// Package recipetable judges recipes by the families of fixtures/families, as `make recipes`
// does: how well derivation alone tells how each extension is hung, and which families get a
// complete installation by derivation and the recipes in the binary. It has tests alone.
package recipetable
