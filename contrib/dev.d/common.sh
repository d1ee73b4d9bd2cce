# Small things that every command of contrib/dev uses.
# shellcheck shell=sh

say() {
	printf '\n== %s\n' "$*"
}

die() {
	printf 'contrib/dev: %s\n' "$*" >&2
	exit 1
}

# Everything that is started here runs in the background and is waited for, so that a Ctrl-C or TERM at any moment
# ends it too: a shell that waits for a command in the foreground would not look at its signals.
children=

stop_children() {
	trap '' INT TERM HUP
	for child in $children; do
		kill -TERM "$child" 2>/dev/null || :
	done
	for child in $children; do
		wait "$child" 2>/dev/null || :
	done
	children=
}

trap stop_children EXIT
trap 'stop_children; exit 130' INT
trap 'stop_children; exit 143' TERM HUP

# start COMMAND...: in the background, stopped with us. Its pid is in $started.
start() {
	"$@" &
	started=$!
	children="$started $children"
}

# finish PID: waits for it; its status.
finish() {
	finished=0
	wait "$1" || finished=$?
	remaining=
	for child in $children; do
		[ "$child" = "$1" ] || remaining="$remaining $child"
	done
	children=$remaining
	return $finished
}

# Prints a command and runs it, so that people learn it.
run() {
	printf '+ %s\n' "$*"
	start "$@"
	finish "$started"
}

# Runs a long command with its output in a file that is shown when it fails, and dots as a sign of life.
quietly() {
	log=$1
	shift
	printf '+ %s ' "$*"
	"$@" >"$log" 2>&1 &
	quiet_pid=$!
	children="$quiet_pid $children"
	tick=0
	while kill -0 "$quiet_pid" 2>/dev/null; do
		sleep 0.2
		tick=$((tick + 1))
		[ $((tick % 10)) -ne 0 ] || printf '.'
	done
	if finish "$quiet_pid"; then
		printf ' done\n'
	else
		status=$?
		printf ' failed\n'
		tail -n 60 "$log" >&2
		return "$status"
	fi
}

# Source files of ours, tracked or new.
c_files() {
	find framework app tests -name '*.[ch]' -type f | LC_ALL=C sort
}

clang_format() {
	command -v clang-format-14 || command -v clang-format || echo clang-format
}
