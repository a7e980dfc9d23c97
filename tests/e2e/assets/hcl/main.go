// Says what HCL texts hold, read and evaluated by HashiCorp's own library.
//
// Standard input is JSON strings, each a text. Standard output is as many lines, each with the pairs of the
// objects and the arguments in that text, and with its strings. A value that needs a variable or a function is
// absent. Positions are in bytes.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

type pair struct {
	Start int             `json:"start"`
	End   int             `json:"end"`
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value,omitempty"`
}

type text struct {
	Start int    `json:"start"`
	Value string `json:"value"`
}

type answer struct {
	Error string `json:"error,omitempty"`
	Pairs []pair `json:"pairs"`
	Texts []text `json:"texts"`
}

func literal(expression hclsyntax.Expression) json.RawMessage {
	value, diagnostics := expression.Value(nil)
	if diagnostics.HasErrors() || !value.IsWhollyKnown() {
		return nil
	}
	data, err := ctyjson.Marshal(value, value.Type())
	if err != nil {
		return nil
	}
	return data
}

func (found *answer) visit(node hclsyntax.Node) hcl.Diagnostics {
	switch node := node.(type) {
	case *hclsyntax.Attribute:
		at := node.NameRange
		found.Pairs = append(found.Pairs, pair{at.Start.Byte, at.End.Byte, node.Name, literal(node.Expr)})
	case *hclsyntax.ObjectConsExpr:
		for _, item := range node.Items {
			key, diagnostics := item.KeyExpr.Value(nil)
			if diagnostics.HasErrors() || key.Type() != cty.String || key.IsNull() {
				continue
			}
			at := item.KeyExpr.Range()
			value := literal(item.ValueExpr)
			found.Pairs = append(found.Pairs, pair{at.Start.Byte, at.End.Byte, key.AsString(), value})
		}
	case *hclsyntax.TemplateExpr:
		value, diagnostics := node.Value(nil)
		if !diagnostics.HasErrors() && value.Type() == cty.String && value.IsKnown() && !value.IsNull() {
			found.Texts = append(found.Texts, text{node.Range().Start.Byte, value.AsString()})
		}
	}
	return nil
}

func read(source string) answer {
	file, diagnostics := hclsyntax.ParseConfig([]byte(source), "text", hcl.InitialPos)
	if diagnostics.HasErrors() {
		return answer{Error: diagnostics.Error()}
	}
	found := answer{Pairs: []pair{}, Texts: []text{}}
	hclsyntax.VisitAll(file.Body.(*hclsyntax.Body), found.visit)
	return found
}

func main() {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	buffer := bufio.NewWriter(os.Stdout)
	out := json.NewEncoder(buffer)
	for {
		var source string
		if err := in.Decode(&source); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			log.Fatalf("cannot read a text: %v", err)
		}
		if err := out.Encode(read(source)); err != nil {
			log.Fatal(err)
		}
	}
	if err := buffer.Flush(); err != nil {
		log.Fatal(err)
	}
}
