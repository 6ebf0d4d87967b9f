// Package till.
package till

import (
	"fmt"
	m "example.com/till/money"
)

// Rate is the rate.
const Rate = 3

const (
	A = iota
	B
)

var count int

// Till holds coins.
type Till struct {
	coins []Coin
}

type (
	Coin interface {
		Value() int
	}
	Alias = Till
	Side  int
)

// Add adds.
func (t *Till) Add(c Coin) (int, error) {
	sum := m.Round(c.Value())
	fmt.Println(sum, Rate)
	return sum, nil
}

func Map[T any](xs []T) []T { return xs }
func (s Stack[T]) Push(x T) {}
