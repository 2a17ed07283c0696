package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "relay-stories:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("relay-stories", flag.ContinueOnError)
	bin := f.String("bin", "build", "folder of corridor, simd and the others")
	only := f.String("only", "", "names of stories, with commas between them; all if empty")
	list := f.Bool("list", false, "only say which stories there are")
	keep := f.Bool("keep", false, "leave the folder with the logs")
	if err := f.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(stories(), *only)
	if err != nil {
		return err
	}
	if *list {
		for _, each := range chosen {
			fmt.Printf("%-14s %s\n", each.name, each.what)
		}
		return nil
	}
	dir, err := os.MkdirTemp("", "relay-stories-")
	if err != nil {
		return err
	}
	began, failed := time.Now(), 0
	for _, each := range chosen {
		if ctx.Err() == nil && !play(ctx, each, &stage{bin: *bin, dir: filepath.Join(dir, each.name)}) {
			failed++
		}
	}
	fmt.Printf("%d stories in %.0f s\n", len(chosen), time.Since(began).Seconds())
	switch {
	case ctx.Err() != nil || failed > 0:
		return fmt.Errorf("%d of %d stories failed: logs are in %s", failed, len(chosen), dir)
	case *keep:
		fmt.Println("logs are in", dir)
		return nil
	}
	return os.RemoveAll(dir)
}

// play plays one story and prints its line.
func play(ctx context.Context, each story, s *stage) bool {
	began := time.Now()
	telling, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := errors.Join(each.tell(telling, s), s.end(context.WithoutCancel(ctx)))
	line := strings.Join(s.said, "; ")
	if err != nil {
		line = strings.TrimPrefix(line+"; FAILED: "+err.Error(), "; ")
	}
	fmt.Printf("%-14s %s (%.1f s)\n", each.name, line, time.Since(began).Seconds())
	return err == nil
}
