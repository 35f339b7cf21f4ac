// Command gen writes stubs of TensorRT's virtual tables, for the test double of
// its library in the folder above.
//
//	go run ./cbridge/fakenv/gen NvInferImpl.h NvInferRuntimeCommon.h > stubs.h
//
// The public classes of TensorRT forward to classes V… in NvInferImpl.h, whose
// order of methods is the ABI; the plugin registry, in NvInferRuntimeCommon.h, is
// such a class itself. For each of them the stub VXStub overrides every method, in
// whatever order the header has it. A pair setP(T), T getP() becomes a
// stored property that is written to the log of calls. Any other method ends the
// program with its name: the double may refuse, but never invents an answer.
//
// The output is made from the SDK at test time and never committed.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// method is a virtual method, or a preprocessor line between two of them.
type method struct {
	directive            string
	result, name, params string
	isConst, isNoexcept  bool
}

type class struct {
	name, namespace string
	methods         []method
}

var (
	comment  = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	classDef = regexp.MustCompile(`(?s)\bclass (?:(V\w+) : public VRoot|(IPluginRegistry))\s*\{(.*?)\n\};`)
	destroy  = regexp.MustCompile(`\bvirtual\s+~[^;]*;`)
	member   = regexp.MustCompile(`(?s)\n(#[^\n]*)|\bvirtual\s+([^;{}]*?)\s*=\s*0\s*;`)
	declared = regexp.MustCompile(`(?s)^(.*?[\s&*])(\w+)\s*\((.*)\)\s*(const)?\s*(noexcept)?$`)
	spaces   = regexp.MustCompile(`\s+`)
)

// parse reads the V… classes of an NvInferImpl.h, and the registry of plugins.
func parse(header string) ([]class, error) {
	header = comment.ReplaceAllString(header, "")
	var classes []class
	for _, def := range classDef.FindAllStringSubmatch(header, -1) {
		c := class{name: def[1], namespace: "apiv::"}
		if c.name == "" {
			c = class{name: def[2]}
		}
		body := destroy.ReplaceAllString(def[3], "")
		read := 0
		for _, decl := range member.FindAllStringSubmatch(body, -1) {
			if decl[1] != "" {
				c.methods = append(c.methods, method{directive: strings.TrimSpace(decl[1])})
				continue
			}
			m := declared.FindStringSubmatch(spaces.ReplaceAllString(decl[2], " "))
			if m == nil {
				return nil, fmt.Errorf("class %s: cannot read %q", c.name, decl[2])
			}
			c.methods = append(c.methods, method{
				result: strings.TrimSpace(m[1]), name: m[2], params: m[3], isConst: m[4] != "", isNoexcept: m[5] != "",
			})
			read++
		}
		if virtuals := strings.Count(body, "virtual"); virtuals != read {
			return nil, fmt.Errorf("class %s: read %d of %d virtual methods", c.name, read, virtuals)
		}
		classes = append(classes, c)
	}
	if len(classes) == 0 {
		return nil, errors.New("no class of a virtual table in the header")
	}
	return classes, nil
}

// valueType strips const and & from a parameter or result, and the parameter's
// name, so that a setter's and a getter's types can be compared.
func valueType(decl string, named bool) string {
	decl = strings.NewReplacer("const&", " ", "const &", " ", "&", " ").Replace(decl)
	words := strings.Fields(decl)
	if named && len(words) > 1 {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

// properties finds the methods that are a setter or getter of a value, and the
// value's type.
func (c class) properties() map[string]string {
	count := map[string]int{}
	for _, m := range c.methods {
		count[m.name]++
	}
	getters := map[string]string{}
	for _, m := range c.methods {
		p, ok := strings.CutPrefix(m.name, "get")
		if ok && m.params == "" && m.isConst && count[m.name] == 1 {
			getters[p] = valueType(m.result, false)
		}
	}
	types := map[string]string{}
	for _, m := range c.methods {
		p, ok := strings.CutPrefix(m.name, "set")
		if !ok || m.result != "void" && m.result != "bool" || count[m.name] != 1 || strings.ContainsAny(m.params, ",*") {
			continue
		}
		if t := valueType(m.params, true); t != "" && t == getters[p] && t != lastWord(m.params) {
			types[p] = t
		}
	}
	return types
}

// lastWord is the name in a single parameter.
func lastWord(param string) string {
	param = strings.TrimSpace(param)
	return param[strings.LastIndexAny(param, " &")+1:]
}

// head declares the override.
func (m method) head() string {
	s := m.result + " " + m.name + "(" + m.params + ")"
	if m.isConst {
		s += " const"
	}
	if m.isNoexcept {
		s += " noexcept"
	}
	return s + " override"
}

// write prints the stubs.
func write(w io.Writer, classes []class) error {
	var b strings.Builder
	b.WriteString("#pragma once\nnamespace nvinfer1 {\nnamespace fakenv {\n")
	for _, c := range classes {
		properties := c.properties()
		fmt.Fprintf(&b, "class %sStub : public %s%s {\npublic:\n", c.name, c.namespace, c.name)
		for _, m := range c.methods {
			full := c.name + "::" + m.name
			set, isSet := strings.CutPrefix(m.name, "set")
			get, isGet := strings.CutPrefix(m.name, "get")
			switch {
			case m.directive != "":
				fmt.Fprintln(&b, m.directive)
			case isSet && properties[set] != "":
				answer := map[string]string{"bool": " return true;"}[m.result] // a library that refuses may say nothing
				fmt.Fprintf(&b, "\t%s { store(%q, property%s_, %s);%s }\n", m.head(), full, set, lastWord(m.params), answer)
			case isGet && properties[get] != "":
				fmt.Fprintf(&b, "\t%s { return property%s_; }\n", m.head(), get)
			default:
				fmt.Fprintf(&b, "\t%s { missing(%q); }\n", m.head(), full)
			}
		}
		b.WriteString("protected:\n")
		for _, m := range c.methods {
			if m.directive != "" {
				fmt.Fprintln(&b, m.directive)
			} else if p, ok := strings.CutPrefix(m.name, "get"); ok && properties[p] != "" {
				fmt.Fprintf(&b, "\t%s property%s_{};\n", properties[p], p)
			}
		}
		b.WriteString("};\n")
	}
	b.WriteString("}\n}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func run(args []string, w io.Writer) error {
	if len(args) == 0 {
		return errors.New("usage: gen HEADER [HEADER]")
	}
	var all []class
	for _, file := range args {
		header, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		classes, err := parse(string(header))
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, classes...)
	}
	return write(w, all)
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}
