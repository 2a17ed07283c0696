package main

import (
	"fmt"
	"os"

	svrcmd "github.com/cosmos/cosmos-sdk/server/cmd"

	"github.com/corridor-network/corridor/app"
)

func main() {
	root, err := newRootCommand()
	if err == nil {
		err = svrcmd.Execute(root, "CORRIDORD", app.DefaultNodeHome)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "corridord:", err)
		os.Exit(1)
	}
}
