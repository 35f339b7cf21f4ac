package report_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/report"
)

// without returns names but for some.
func without(names []string, some ...string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(some, n) })
}

// openPage opens the page of r in a browser of the given color scheme.
func openPage(t *testing.T, r report.Ranges, scheme string) *chromium {
	path := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(path, []byte(page(t, r)), 0o600))
	c := startChromium(t)
	c.call("Emulation.setEmulatedMedia", object{"features": []object{{"name": "prefers-color-scheme", "value": scheme}}})
	c.open((&url.URL{Scheme: "file", Path: path}).String())
	return c
}

// quiet requires that the page said nothing to the console, threw nothing, opened
// no dialog and asked for nothing but itself.
func (c *chromium) quiet() {
	c.t.Helper()
	for _, e := range c.events {
		switch e.Method {
		case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded", "Page.javascriptDialogOpening":
			c.t.Errorf("%s: %s", e.Method, e.Params)
		}
	}
	require.Equal(c.t, 1, c.count("Network.requestWillBeSent"))
}

const (
	namesJS  = `[...document.querySelectorAll("#stored tbody[id]:not([hidden]) .name")].map(e => e.textContent)`
	headJS   = `[...document.querySelectorAll("#stored .tensors > thead th")].find(e => e.textContent.startsWith("%s"))`
	bellJS   = `[...document.querySelectorAll("tbody[id]")].find(e => e.querySelector(".name").textContent === "bell.weight")`
	groundJS = `getComputedStyle(document.body).backgroundColor`
)

func (c *chromium) names() (names []string) {
	c.t.Helper()
	c.eval(&names, namesJS)
	return names
}

func (c *chromium) text(expression string, args ...any) (s string) {
	c.t.Helper()
	c.eval(&s, expression, args...)
	return s
}

func TestInBrowser(t *testing.T) {
	r := sample(t)
	c := openPage(t, r, "light")
	require.Equal(t, "net.safetensors · value ranges", c.text(`document.title`))
	byRisk := []string{
		"broken.weight", "large.bias", "tiny.weight", "subnormal.weight", "bell.weight", "zeros.bias", "empty.bias", hostile,
	}
	require.Equal(t, byRisk, c.names())

	t.Run("sorts by click", func(t *testing.T) {
		c.click(fmt.Sprintf(headJS, "Max") + `.querySelector("button")`)
		require.Equal(t, []string{
			"large.bias", "subnormal.weight", "tiny.weight", "bell.weight",
		}, without(c.names(), "broken.weight", hostile, "zeros.bias", "empty.bias"))
		require.Equal(t, "large.bias", c.names()[0])
		require.Equal(t, "descending", c.text(headJS+`.ariaSort`, "Max"))
		require.Equal(t, "none", c.text(headJS+`.ariaSort || "none"`, "Risk"))
		c.click(fmt.Sprintf(headJS, "Max") + `.querySelector("button")`)
		require.Equal(t, "large.bias", c.names()[len(byRisk)-1])
		require.Equal(t, "ascending", c.text(headJS+`.ariaSort`, "Max"))
	})

	t.Run("sorts by keyboard", func(t *testing.T) {
		c.text(`(e => { e.focus(); return "" })(`+headJS+`.querySelector("button"))`, "Tensor")
		c.press("Enter", "\r", 13)
		require.Equal(t, []string{
			"bell.weight", "broken.weight", "empty.bias", "large.bias", "subnormal.weight", "tiny.weight", "zeros.bias",
		}, without(c.names(), hostile))
		// Tab goes on to the next header; the space bar presses it.
		c.press("Tab", "", 9)
		require.Equal(t, "Risk", c.text(`document.activeElement.textContent`))
		c.press(" ", " ", 32)
		require.Equal(t, byRisk, c.names())
		require.Equal(t, "ascending", c.text(headJS+`.ariaSort`, "Risk"))
	})

	t.Run("sorts decibels with infinities", func(t *testing.T) {
		c.click(fmt.Sprintf(headJS, "SQNR") + `.querySelector("button")`)
		names := c.names()
		require.Equal(t, []string{"bell.weight", "subnormal.weight", "large.bias"},
			without(names, "broken.weight", hostile, "zeros.bias", "empty.bias", "tiny.weight"))
		require.Equal(t, "large.bias", names[len(names)-1])
	})

	t.Run("filters", func(t *testing.T) {
		c.text(`(e => { e.focus(); return "" })(document.querySelector("input[type=search]"))`)
		c.call("Input.insertText", object{"text": "bias float32"})
		require.ElementsMatch(t, []string{"large.bias", "zeros.bias", "empty.bias"}, c.names())
		require.Equal(t, "3 of 8 tensors", c.text(`document.querySelector(".tools output").textContent`))
		c.call("Input.insertText", object{"text": "no such"})
		require.Empty(t, c.names())
		require.Equal(t, "No tensor matches.", c.text(`document.querySelector(".empty:not([hidden])").textContent`))
		c.text(`(e => { e.select(); return "" })(document.querySelector("input[type=search]"))`)
		c.press("Backspace", "", 8)
		require.Len(t, c.names(), 8)
	})

	t.Run("has the bars of the histograms", func(t *testing.T) {
		c.click(bellJS + `.querySelector("summary")`)
		bell := r.Tensors[0].Histogram
		for _, plot := range []struct {
			class  string
			bins   int
			counts []int64
		}{{"lin", 100, bell.Linear[:]}, {"log", 60, bell.Log2}} {
			var got struct {
				Bars, Bins int
				Width      float64
			}
			c.eval(&got, `(e => ({bars: e.querySelector(".b").getAttribute("d").match(/M/g).length,
				bins: e.dataset.n.split(",").length, width: e.getBoundingClientRect().width}))(%s.querySelector("svg.%s"))`, bellJS, plot.class)
			full := 0
			for _, n := range plot.counts {
				if n > 0 {
					full++
				}
			}
			require.Equal(t, full, got.Bars)
			require.Equal(t, plot.bins, got.Bins)
			require.Greater(t, got.Width, 300.0)
		}
		c.text(`(e => { e.focus(); return "" })(%s.querySelector("svg.lin"))`, bellJS)
		c.press("ArrowRight", "", 39)
		require.Equal(t, "0.000 to 0.0009988: 160", c.text(bellJS+`.querySelector("output").textContent`))
		require.Equal(t, int64(160), bell.Linear[0])
	})

	t.Run("keeps its header in sight", func(t *testing.T) {
		var got struct{ Scrolled, Top float64 }
		c.eval(&got, `(() => { %s.rows[1].scrollIntoView();
			return {scrolled: scrollY, top: document.querySelector(".tensors th").getBoundingClientRect().top} })()`, bellJS)
		require.Greater(t, got.Scrolled, 300.0)
		require.Zero(t, got.Top)
	})

	t.Run("changes its theme", func(t *testing.T) {
		light := c.text(groundJS)
		var themes []string
		for range 3 {
			c.click(`document.getElementById("theme")`)
			themes = append(themes, c.text(`document.getElementById("theme").textContent`))
			if len(themes) == 2 {
				require.NotEqual(t, light, c.text(groundJS))
			} else {
				require.Equal(t, light, c.text(groundJS))
			}
		}
		require.Equal(t, []string{"Theme: light", "Theme: dark", "Theme: system"}, themes)
	})
	c.quiet()
}

// Every text has the contrast that WCAG 2 asks for at level AA, and a telephone's
// width is enough, in both color schemes.
func TestReadable(t *testing.T) {
	grounds := map[string]string{}
	for _, scheme := range []string{"light", "dark"} {
		r := sample(t)
		r.Folded = r.Tensors
		c := openPage(t, r, scheme)
		c.text(`(() => { document.querySelectorAll("details").forEach(d => d.open = true); return "" })()`)
		grounds[scheme] = c.text(groundJS)
		var low []string
		c.eval(&low, contrastJS)
		require.Empty(t, low, scheme)
		c.call("Emulation.setDeviceMetricsOverride", object{"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": false})
		var width int
		c.eval(&width, `document.documentElement.scrollWidth`)
		require.LessOrEqual(t, width, 360)
		c.quiet()
	}
	require.NotEqual(t, grounds["light"], grounds["dark"])
}

// contrastJS lists texts whose contrast to their ground is below 4.5, by the
// relative luminance of WCAG 2.
const contrastJS = `(() => {
	const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
	const rgba = color => {
		canvas.clearRect(0, 0, 1, 1);
		canvas.fillStyle = color;
		canvas.fillRect(0, 0, 1, 1);
		return canvas.getImageData(0, 0, 1, 1).data;
	};
	const luminance = c => [0.2126, 0.7152, 0.0722].reduce((sum, w, i) => {
		const v = c[i] / 255;
		return sum + w * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
	}, 0);
	const ground = e => {
		for (; e; e = e.parentElement) {
			const c = rgba(getComputedStyle(e).backgroundColor);
			if (c[3] === 255) return c;
		}
		return rgba("white");
	};
	const low = [];
	let texts = 0;
	for (const e of document.body.querySelectorAll("*")) {
		const text = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join("").trim();
		if (!text || !e.checkVisibility() || e.closest("script, .vh, .skip, desc, title, option")) continue;
		texts++;
		const style = getComputedStyle(e);
		const ink = e.closest("svg") ? style.fill : style.color;
		const [a, b] = [luminance(rgba(ink)), luminance(ground(e.closest("svg") || e))].sort((x, y) => y - x);
		if ((a + 0.05) / (b + 0.05) < 4.5) low.push(text + ": " + ((a + 0.05) / (b + 0.05)).toFixed(2));
	}
	return texts > 100 ? low : ["only " + texts + " texts were looked at"];
})()`

func TestWithoutScript(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(path, []byte(page(t, sample(t))), 0o600))
	c := startChromium(t)
	c.call("Emulation.setScriptExecutionDisabled", object{"value": true})
	c.open((&url.URL{Scheme: "file", Path: path}).String())
	require.Len(t, c.names(), 8)
	require.Equal(t, "false", c.text(`String(document.querySelector(".tools").checkVisibility())`))
	c.quiet()
}
