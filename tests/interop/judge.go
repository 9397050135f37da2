// Other people's verdicts, for test_go.py: torchwood's on proofs and checkpoints under a policy, and x/mod's on notes.
//
//	judge proof POLICY PROOF ENTRY | judge checkpoint POLICY NOTE | judge note VKEY NOTE
package main

import (
	"fmt"
	"os"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func read(path string) []byte {
	bytes, err := os.ReadFile(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return bytes
}

func judge() error {
	switch os.Args[1] {
	case "proof":
		policy, err := torchwood.ParsePolicy(read(os.Args[2]))
		if err != nil {
			return err
		}
		return torchwood.VerifyProof(policy, tlog.RecordHash(read(os.Args[4])), read(os.Args[3]))
	case "checkpoint":
		policy, err := torchwood.ParsePolicy(read(os.Args[2]))
		if err != nil {
			return err
		}
		_, _, err = torchwood.VerifyCheckpoint(read(os.Args[3]), policy)
		return err
	}
	verifier, err := note.NewVerifier(os.Args[2])
	if err != nil {
		return err
	}
	_, err = note.Open(read(os.Args[3]), note.VerifierList(verifier))
	return err
}

func main() {
	if err := judge(); err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("accepted")
}
