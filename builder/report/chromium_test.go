package report_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/sdk"
	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
)

// chromium is a headless browser with one tab, driven by the Chrome DevTools
// Protocol over a pair of pipes: JSON messages that end with a zero byte.
type chromium struct {
	t       *testing.T
	in, out *os.File
	read    *bufio.Reader
	id      int
	session string
	events  []message
}

type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

type object map[string]any

// patience is what a busy machine may take for one answer.
const patience = 2 * time.Minute

// chromiumCommand is the browser of the user's cache with the libraries and
// fonts that come with it, or the one that TRTBUILD_CHROMIUM names.
func chromiumCommand(t *testing.T, args ...string) *exec.Cmd {
	if path := os.Getenv("TRTBUILD_CHROMIUM"); path != "" {
		return exec.Command(path, args...)
	}
	root, err := sdk.Dir()
	require.NoError(t, err)
	dir := filepath.Join(root, "browser")
	path := filepath.Join(dir, "chromium")
	if _, err := os.Stat(path); err != nil {
		sdktest.Missing(t, "%v; run `make viewers` or name a Chromium in TRTBUILD_CHROMIUM", err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+filepath.Join(dir, "lib"), "FONTCONFIG_FILE="+filepath.Join(dir, "fonts.conf"))
	return cmd
}

func startChromium(t *testing.T) *chromium {
	theirs, in, err := os.Pipe()
	require.NoError(t, err)
	out, ours, err := os.Pipe()
	require.NoError(t, err)
	cmd := chromiumCommand(
		t, "--headless", "--remote-debugging-pipe", "--no-sandbox", // as CI is root
		"--disable-dev-shm-usage", "--disable-gpu", "--user-data-dir="+t.TempDir(), "about:blank",
	)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.ExtraFiles = []*os.File{theirs, ours} // 3 and 4
	require.NoError(t, cmd.Start())
	theirs.Close()
	ours.Close()
	c := &chromium{t: t, in: in, out: out, read: bufio.NewReader(out)}
	t.Cleanup(func() {
		in.Close() // which ends the browser
		kill := time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		kill.Stop()
		out.Close()
		if t.Failed() {
			t.Logf("chromium: %s", stderr.Bytes())
		}
	})
	var target struct{ TargetID, SessionID string }
	c.into(&target, "Target.createTarget", object{"url": "about:blank", "width": 1440, "height": 1000})
	c.into(&target, "Target.attachToTarget", object{"targetId": target.TargetID, "flatten": true})
	c.session = target.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		c.call(domain+".enable", nil)
	}
	return c
}

// call sends a command and returns its result; the events that come before it
// are kept.
func (c *chromium) call(method string, params object) json.RawMessage {
	c.t.Helper()
	c.id++
	b, err := json.Marshal(struct {
		ID      int    `json:"id"`
		Method  string `json:"method"`
		Params  object `json:"params,omitempty"`
		Session string `json:"sessionId,omitempty"`
	}{c.id, method, params, c.session})
	require.NoError(c.t, err)
	_, err = c.in.Write(append(b, 0))
	require.NoError(c.t, err)
	for {
		m := c.next()
		if m.ID == c.id {
			require.Empty(c.t, string(m.Error), method)
			return m.Result
		}
	}
}

func (c *chromium) into(v any, method string, params object) {
	c.t.Helper()
	require.NoError(c.t, json.Unmarshal(c.call(method, params), v))
}

func (c *chromium) next() message {
	c.t.Helper()
	require.NoError(c.t, c.out.SetReadDeadline(time.Now().Add(patience)))
	b, err := c.read.ReadBytes(0)
	require.NoError(c.t, err)
	var m message
	require.NoError(c.t, json.Unmarshal(b[:len(b)-1], &m))
	if m.ID == 0 {
		c.events = append(c.events, m)
	}
	return m
}

// open loads a page and waits for it.
func (c *chromium) open(url string) {
	c.t.Helper()
	c.call("Page.navigate", object{"url": url})
	for c.count("Page.loadEventFired") == 0 {
		c.next()
	}
}

func (c *chromium) count(method string) (n int) {
	for _, e := range c.events {
		if e.Method == method {
			n++
		}
	}
	return n
}

// eval evaluates an expression in the page and decodes what it gives into v.
func (c *chromium) eval(v any, expression string, args ...any) {
	c.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	c.into(&answer, "Runtime.evaluate", object{"expression": fmt.Sprintf(expression, args...), "returnByValue": true})
	require.Empty(c.t, string(answer.ExceptionDetails), expression)
	require.NoError(c.t, json.Unmarshal(answer.Result.Value, v), expression)
}

// click presses the mouse on the middle of what the expression gives.
func (c *chromium) click(element string) {
	c.t.Helper()
	var at struct{ X, Y float64 }
	c.eval(&at, `(e => { e.scrollIntoView({block: "center"}); const b = e.getBoundingClientRect();
		return {x: b.x + b.width / 2, y: b.y + b.height / 2} })(%s)`, element)
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		c.call("Input.dispatchMouseEvent", object{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1})
	}
}

// press types one key, which goes to what has the focus.
func (c *chromium) press(key, text string, code int) {
	c.t.Helper()
	c.call("Input.dispatchKeyEvent", object{"type": "keyDown", "key": key, "text": text, "windowsVirtualKeyCode": code})
	c.call("Input.dispatchKeyEvent", object{"type": "keyUp", "key": key, "windowsVirtualKeyCode": code})
}
