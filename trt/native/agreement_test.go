//go:build tensorrt && cgo

package native

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/agree"
	"github.com/trtbuild/trtbuild/trt/mock"
)

var (
	agreeCount = flag.Int("agree.n", agreements, "configurations of TestAgreement")
	agreeSeed  = flag.Uint64("agree.seed", 1, "seed of TestAgreement")
	agreeKind  = flag.String("agree.kind", "", "the one kind that TestAgreement asks about; empty: all")
	agreeOne   = flag.Int("agree.number", -1, "the one configuration that TestAgreement asks about; -1: all")
)

// patience is how long the library may think about one layer.
const patience = time.Minute

// keepMemory has glibc keep what is freed: each build wants large blocks, and to
// get their pages anew took a third of the processor's time.
var keepMemory = []string{"MALLOC_ARENA_MAX=1", "MALLOC_TRIM_THRESHOLD_=1000000000", "MALLOC_TOP_PAD_=100000000", "MALLOC_MMAP_THRESHOLD_=1000000000"}

// TestAgreement draws layers and asks our rules and the real library about
// each. Other processes ask the library, as it may take its own down with it.
func TestAgreement(t *testing.T) {
	ours, err := mock.New(trt.Target{}, mock.Options{})
	require.NoError(t, err)
	var numbers []int
	for n := range *agreeCount {
		if c := agree.Draw(*agreeSeed, n); (*agreeOne < 0 || *agreeOne == n) && (*agreeKind == "" || *agreeKind == string(c.Op.Kind())) {
			numbers = append(numbers, n)
		}
	}
	library := sdktest.Library(t)
	answers := make([]agree.Answer, *agreeCount)
	var wg sync.WaitGroup
	const workers = 2
	for w := range workers {
		wg.Go(func() {
			var mine []int
			for i := w; i < len(numbers); i += workers {
				mine = append(mine, numbers[i])
			}
			for len(mine) > 0 {
				done, err := askApart(library, mine, answers)
				if err != nil {
					t.Error(err)
					return
				}
				mine = mine[done:]
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	report := agree.NewReport()
	for _, n := range numbers {
		c := agree.Draw(*agreeSeed, n)
		report.Add(c, agree.Ours(c, ours), answers[n])
	}
	t.Logf("seed %d\n%s", *agreeSeed, report)
	for _, d := range report.Disagreements {
		t.Error(d)
	}
	if *agreeKind == "" && *agreeOne < 0 && *agreeCount >= 5000 {
		for _, problem := range report.Problems() {
			t.Error(problem)
		}
	}
}

// reply is what the process that asks the library says of a configuration: that
// it begins, then the answer.
type reply struct {
	Number int
	Answer *agree.Answer
}

// askApart asks in another process about as many of the numbers as it survives,
// and returns how many that are.
func askApart(library string, numbers []int, answers []agree.Answer) (int, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.Command(self)
	list, err := json.Marshal(numbers)
	if err != nil {
		return 0, err
	}
	cmd.Env = append(os.Environ(), keepMemory...)
	cmd.Env = append(cmd.Env, "TRTBUILD_AGREE_LIBRARY="+library, "TRTBUILD_AGREE_SEED="+strconv.FormatUint(*agreeSeed, 10))
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	cmd.ExtraFiles = []*os.File{w}
	err = cmd.Start()
	w.Close()
	if err != nil {
		return 0, err
	}
	if _, err := in.Write(list); err != nil {
		return 0, err
	}
	in.Close()
	replies := make(chan reply)
	go func() {
		defer close(replies)
		for d := json.NewDecoder(r); ; {
			var a reply
			if d.Decode(&a) != nil {
				return
			}
			replies <- a
		}
	}()
	done := 0
	watchdog := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	for a := range replies {
		watchdog.Reset(patience)
		if a.Answer != nil {
			answers[a.Number] = *a.Answer
			done++
		}
	}
	watchdog.Stop()
	err = cmd.Wait()
	if done < len(numbers) {
		if err == nil {
			return done, fmt.Errorf("the process that asks the library ended at number %d without a reason", numbers[done])
		}
		answers[numbers[done]] = agree.Answer{Stage: agree.Crash, Text: err.Error()}
		done++
	}
	return done, nil
}

// askLibrary is what the other process does.
func askLibrary(library string) error {
	seed, err := strconv.ParseUint(os.Getenv("TRTBUILD_AGREE_SEED"), 10, 64)
	if err != nil {
		return err
	}
	var numbers []int
	if err := json.NewDecoder(os.Stdin).Decode(&numbers); err != nil {
		return err
	}
	opened, err := Open(Options{Library: library})
	if err != nil {
		return err
	}
	defer opened.Close()
	b := opened.(*backend)
	builder, err := b.lib.NewBuilder(nil, cbridge.Fatal)
	if err != nil {
		return err
	}
	defer builder.Free()
	r := &replayer{backend: b, builder: builder}
	out := json.NewEncoder(os.NewFile(3, "replies"))
	for _, n := range numbers {
		if err := out.Encode(reply{Number: n}); err != nil {
			return err
		}
		a, err := r.replay(agree.Draw(seed, n).Case)
		if err != nil {
			a.Text = err.Error()
		}
		if err := out.Encode(reply{n, &a}); err != nil {
			return err
		}
	}
	return nil
}
