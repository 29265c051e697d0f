// Checks what detente signed and proved with libraries that others wrote: golang.org/x/mod/sumdb/note
// and tlog. Reads one JSON file, named on the command line; prints a note signed here with a key from
// it, for the way back. Exit code 0 only if everything held.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type fixture struct {
	KeeperKey  string `json:"keeper_key"`
	WitnessKey string `json:"witness_key"`
	Origin     string `json:"origin"`
	// A checkpoint signed by the keeper and cosigned by the witness, and one with a byte changed.
	Checkpoint string `json:"checkpoint"`
	Forged     string `json:"forged"`
	// The bytes of each leaf, and the root at each size from 1 on.
	Leaves    [][]byte    `json:"leaves"`
	Roots     []tlog.Hash `json:"roots"`
	Inclusion []inclusion `json:"inclusion"`
	// To be signed here.
	PrivateKey string `json:"private_key"`
	Text       string `json:"text"`
}

type inclusion struct {
	Leaf int64       `json:"leaf"`
	Size int64       `json:"size"`
	Path []tlog.Hash `json:"path"`
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path string) error {
	bytes, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var f fixture
	if err := json.Unmarshal(bytes, &f); err != nil {
		return err
	}
	if err := checkNotes(f); err != nil {
		return err
	}
	if err := checkProofs(f); err != nil {
		return err
	}
	signer, err := note.NewSigner(f.PrivateKey)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: f.Text}, signer)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(signed)
	return err
}

func checkNotes(f fixture) error {
	keeper, err := note.NewVerifier(f.KeeperKey)
	if err != nil {
		return fmt.Errorf("keeper's key: %w", err)
	}
	witness, err := newWitness(f.WitnessKey)
	if err != nil {
		return fmt.Errorf("witness's key: %w", err)
	}
	opened, err := note.Open([]byte(f.Checkpoint), note.VerifierList(keeper, witness))
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if len(opened.Sigs) != 2 || len(opened.UnverifiedSigs) != 0 {
		return fmt.Errorf("checkpoint: %d verified signatures, not 2", len(opened.Sigs))
	}
	size, root := len(f.Leaves), f.Roots[len(f.Leaves)-1]
	if want := fmt.Sprintf("%s\n%d\n%s\n", f.Origin, size, root); opened.Text != want {
		return fmt.Errorf("checkpoint: the text is %q, not %q", opened.Text, want)
	}
	if _, err := note.Open([]byte(f.Forged), note.VerifierList(keeper, witness)); err == nil {
		return errors.New("the forged checkpoint was taken")
	}
	return nil
}

func checkProofs(f fixture) error {
	if len(f.Inclusion) == 0 {
		return errors.New("no proofs to check")
	}
	for _, p := range f.Inclusion {
		leaf := tlog.RecordHash(f.Leaves[p.Leaf])
		if err := tlog.CheckRecord(p.Path, p.Size, f.Roots[p.Size-1], p.Leaf, leaf); err != nil {
			return fmt.Errorf("leaf %d in %d: %w", p.Leaf, p.Size, err)
		}
	}
	return nil
}

// A witness's key (C2SP tlog-cosignature, type 4), which the note library leaves to its callers.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(text string) (*witness, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not name, hash and key")
	}
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, err
	}
	if len(key) != 33 || key[0] != 4 {
		return nil, errors.New("not a cosignature key")
	}
	return &witness{parts[0], uint32(hash), key[1:]}, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

func (w *witness) Verify(text, value []byte) bool {
	if len(value) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(value)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text)
	return ed25519.Verify(w.key, []byte(message), value[8:])
}
