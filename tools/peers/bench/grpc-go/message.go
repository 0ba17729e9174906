package main

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
)

// chatMessage is the ChatMessage of the chat example, its number as the name.
type chatMessage struct{ name, message string }

const (
	// firstNumber makes all numbers of one length.
	firstNumber = 1_000_000
	nameField   = protowire.Number(1)
	textField   = protowire.Number(2)
)

func numbered(number int, text string) *chatMessage {
	return &chatMessage{strconv.Itoa(firstNumber + number), text}
}

func (m *chatMessage) number() (int, error) {
	number, err := strconv.Atoi(m.name)
	return number - firstNumber, err
}

// textOf gives the text of a message that has so many bytes on the wire.
func textOf(size int) string {
	left := size - 10
	switch {
	case left > 16_384:
		left -= 3
	case left > 128:
		left -= 2
	default:
		left--
	}
	return strings.Repeat("x", left)
}

// messages gives so many numbered messages.
func messages(count int, text string) iter.Seq[*chatMessage] {
	return func(yield func(*chatMessage) bool) {
		for number := range count {
			if !yield(numbered(number, text)) {
				return
			}
		}
	}
}

// tally counts the messages that arrive on one stream, and finds those out of order or damaged.
type tally struct {
	count, characters int
	text              string
}

func (t *tally) add(m *chatMessage) error {
	number, err := m.number()
	if err != nil {
		return err
	}
	if number != t.count {
		return fmt.Errorf("message %d is number %d", t.count, number)
	}
	if t.count == 0 {
		t.text = m.message
	}
	if len(m.message) != len(t.text) || !strings.HasSuffix(m.message, "x") {
		return fmt.Errorf("message %d is damaged", number)
	}
	t.count++
	t.characters += len(m.message)
	return nil
}

func (t *tally) expect(count int, text string) error {
	if t.count == count && t.characters == count*len(text) {
		return nil
	}
	return fmt.Errorf("%d messages of %d arrived, %d characters", t.count, count, t.characters)
}

// codec reads and writes chatMessage as generated code does: strings are copied and have to be UTF-8, and large
// messages are written to buffers of grpc-go's pool.
type codec struct{}

func (codec) Name() string { return "proto" }

func (codec) Marshal(v any) (mem.BufferSlice, error) {
	m := v.(*chatMessage)
	if !utf8.ValidString(m.name) || !utf8.ValidString(m.message) {
		return nil, errors.New("a string is not UTF-8")
	}
	size := protowire.SizeTag(nameField) + protowire.SizeBytes(len(m.name)) +
		protowire.SizeTag(textField) + protowire.SizeBytes(len(m.message))
	if mem.IsBelowBufferPoolingThreshold(size) {
		return mem.BufferSlice{mem.SliceBuffer(appendTo(make([]byte, 0, size), m))}, nil
	}
	pool := mem.DefaultBufferPool()
	buffer := pool.Get(size)
	*buffer = appendTo((*buffer)[:0], m)
	return mem.BufferSlice{mem.NewBuffer(buffer, pool)}, nil
}

func appendTo(bytes []byte, m *chatMessage) []byte {
	bytes = protowire.AppendTag(bytes, nameField, protowire.BytesType)
	bytes = protowire.AppendString(bytes, m.name)
	bytes = protowire.AppendTag(bytes, textField, protowire.BytesType)
	return protowire.AppendString(bytes, m.message)
}

func (codec) Unmarshal(data mem.BufferSlice, v any) error {
	m := v.(*chatMessage)
	buffer := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer buffer.Free()
	for bytes := buffer.ReadOnlyData(); len(bytes) > 0; {
		field, kind, length := protowire.ConsumeTag(bytes)
		if length < 0 {
			return protowire.ParseError(length)
		}
		bytes = bytes[length:]
		value, length := protowire.ConsumeBytes(bytes)
		if length < 0 || kind != protowire.BytesType || !utf8.Valid(value) {
			return fmt.Errorf("field %d is no string", field)
		}
		bytes = bytes[length:]
		switch field {
		case nameField:
			m.name = string(value)
		case textField:
			m.message = string(value)
		}
	}
	return nil
}
