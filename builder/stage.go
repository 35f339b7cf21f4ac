package builder

import "time"

// Stage is a step of the pipeline.
type Stage string

// The stages, in order. Load is opening and indexing the file; Ranges includes
// decoding the weights, which happens in the same pass; Materialize is writing
// the bytes that the library will hold.
const (
	StageLoad        Stage = "load"
	StageDetect      Stage = "detect"
	StageDefine      Stage = "define"
	StageRanges      Stage = "ranges"
	StagePrecision   Stage = "precision"
	StageMaterialize Stage = "materialize"
	StageLibrary     Stage = "library"
	StageWrite       Stage = "write"
)

// Seconds is where the time went. Define includes materializing the weights;
// Library is the library's own calls and nothing else. Stages that overlap need
// not add up to Total.
type Seconds struct {
	Load      float64 `json:"load"`
	Detect    float64 `json:"detect"`
	Define    float64 `json:"define"`
	Ranges    float64 `json:"ranges"`
	Precision float64 `json:"precision"`
	Library   float64 `json:"library"`
	Write     float64 `json:"write"`
	Total     float64 `json:"total"`
}

// clock adds up the time of stages.
type clock struct {
	start    time.Time
	spent    map[Stage]time.Duration
	progress func(Stage)
}

func newClock(progress func(Stage)) *clock {
	return &clock{start: time.Now(), spent: map[Stage]time.Duration{}, progress: progress}
}

// time runs f as part of a stage.
func (c *clock) time(s Stage, f func() error) error {
	c.progress(s)
	start := time.Now()
	defer func() { c.spent[s] += time.Since(start) }()
	return f()
}

func (c *clock) seconds() Seconds {
	s := func(stage Stage) float64 { return c.spent[stage].Seconds() }
	return Seconds{
		Load: s(StageLoad), Detect: s(StageDetect), Define: s(StageDefine) + s(StageMaterialize), Ranges: s(StageRanges),
		Precision: s(StagePrecision), Library: s(StageLibrary), Write: s(StageWrite),
		Total: time.Since(c.start).Seconds(),
	}
}
