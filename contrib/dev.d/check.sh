# Every test there is; each part can be run alone: sh contrib/dev unit|integration|asan|...
# shellcheck shell=sh

# The lists of source files that make no text of their own: tests of the tree itself.
check_lint() {
	say "lint: include directions, format, house rules, shell"
	run sh contrib/checks/includes .
	run sh contrib/checks/rules .
	if [ "$(clang_format)" != clang-format ] || clang-format --version | grep -q 'version 14\.'; then
		run_quiet_list "$(clang_format) --dry-run --Werror" $(c_files)
	else
		printf 'format: skipped, it is checked with clang-format 14 alone (Debian 12)\n'
	fi
	run shellcheck -x -s sh contrib/dev contrib/dev.d/*.sh contrib/spawn-fcgi/documents contrib/checks/* .ci/run
}

# run_quiet_list COMMAND FILE...: prints the command with the number of files instead of all names.
run_quiet_list() {
	list_command=$1
	shift
	printf '+ %s (%s files)\n' "$list_command" $#
	$list_command "$@"
}

# count_passed NAME COMMAND...: the command for each line of input, as many at a time as there are cores. It says "passed"
# or "FAILED" and more; what it says of failures is shown, and the totals.
count_passed() {
	counted=$1 tallied=$(mktemp) status=0
	shift
	xargs -n 1 -P "$JOBS" "$@" >"$tallied" 2>&1 || status=$?
	grep -v '^passed ' "$tallied" || :
	passed=$(grep -c '^passed ' "$tallied") || :
	failed=$(grep -c '^FAILED ' "$tallied") || :
	rm -f "$tallied"
	printf '%s: %s passed, %s failed\n' "$counted" "$passed" "$failed"
	[ "$status" = 0 ] && [ "$passed" != 0 ]
}

# unit_tests FOLDER: cmocka programs through make check.
unit_tests() {
	status=0
	quietly "$1/check.log" make -C "$1" -j"$JOBS" check || status=$?
	cat "$1"/tests/unit/*/test_*.log "$1"/tests/conformance/test_*.log 2>/dev/null |
		grep -E '\[  (PASSED|FAILED|SKIPPED) +\]|skipped|FAILED|ERROR' || :
	return $status
}

# integration_tests FOLDER: the plays against real servers, with the programs of that folder.
integration_tests() {
	run env BUILD="$1" python3 tests/integration/run
}

check_unit() {
	say "unit tests (gcc, warnings are errors)"
	build_tree "$BUILD" --enable-werror
	unit_tests "$BUILD"
}

check_integration() {
	say "integration tests against real servers"
	build_tree "$BUILD" --enable-werror
	integration_tests "$BUILD"
}

# check_chaos [--seconds N] [--seed N]
check_chaos() {
	say "chaos: kills, reloads, a full disk, slow and cut clients, under load"
	build_tree "$BUILD" --enable-werror
	run env BUILD="$BUILD" python3 tests/chaos/run "$@"
}

check_conformance() {
	say "recorded decisions of the official Cedar engine, through the command line"
	build_tree "$BUILD" --enable-werror
	run env BUILD="$BUILD" python3 tests/conformance/run
}

check_asan() {
	say "unit and integration tests under AddressSanitizer and UndefinedBehaviorSanitizer"
	ASAN_OPTIONS=detect_leaks=1:abort_on_error=1:detect_stack_use_after_return=1:allocator_may_return_null=1
	UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
	export ASAN_OPTIONS UBSAN_OPTIONS
	CFLAGS='-O1 -g' configure_tree "$BUILD-asan" --enable-werror --enable-sanitizers
	make_tree "$BUILD-asan" all
	unit_tests "$BUILD-asan"
	integration_tests "$BUILD-asan"
	run env BUILD="$BUILD-asan" python3 tests/conformance/run
	if oracle_install; then
		oracle_compare "$BUILD-asan" --cases 500 --seed 2
	fi
	unset ASAN_OPTIONS UBSAN_OPTIONS
}

check_coverage() {
	say "line coverage of framework/ and app/ by the unit tests"
	CFLAGS='-O0 -g' configure_tree "$BUILD-coverage" --enable-coverage
	make_tree "$BUILD-coverage" all
	find "$BUILD-coverage" -name '*.gcda' -delete
	unit_tests "$BUILD-coverage"
	run sh contrib/checks/coverage "$BUILD-coverage" 80
}

# valgrind_skips PROGRAM: what tells nothing more under valgrind, or takes minutes there. ASan runs them all.
valgrind_skips() {
	case $1 in
	*.log | *.trs | *.o) return 0 ;;
	*/gateway/test_syscalls) return 0 ;; # traces its child, as valgrind would
	*/cedar/test_limits | */cedar/test_schema_limits) return 0 ;; # millions of steps, up to every bound
	*/sandbox/*) return 0 ;;             # valgrind makes calls of its own, and ends by them
	*/authn/test_authn | */authn/test_jws | */authn/test_key | */authn/test_mint | */authn/test_second_opinion)
		return 0 ;; # thousands of RSA operations
	*/process/test_storm | */process/test_generation | */process/test_scoreboard | */process/test_listener) return 1 ;;
	*/process/test_watchdog | */process/test_stack | */process/test_burial | */process/test_oom_events) return 1 ;;
	*/process/* | */tool/*) return 0 ;; # whole services and programs, forked and executed
	*) return 1 ;;
	esac
}

check_valgrind() {
	say "unit tests under valgrind"
	build_tree "$BUILD" --enable-werror
	make_tree "$BUILD" check TESTS=
	for program in "$BUILD"/tests/unit/*/test_*; do
		if valgrind_skips "$program" || [ ! -x "$program" ] || [ -d "$program" ]; then
			continue
		fi
		printf '%s\n' "$program"
	done | (
		srcdir=$top
		export srcdir
		count_passed valgrind sh contrib/checks/valgrind
	)
}

# clang_reads FOLDER FILE...: with the flags of that folder, for warnings alone: nothing is made of them.
clang_reads() {
	reading=$1
	shift
	# shellcheck disable=SC2016 # make's variables
	flags=$(make -s -C "$reading" --eval='flags: ; @echo $(AM_CPPFLAGS) $(AM_CFLAGS)' flags)
	printf '+ clang -fsyntax-only (%s files)\n' $#
	# shellcheck disable=SC2086 # several words are meant
	printf '%s\n' "$@" | (cd "$reading" && xargs -n 8 -P "$JOBS" clang $flags -I"$top/app" -fsyntax-only)
}

# check_fuzz [SECONDS]: each libFuzzer target on its corpus and a little beyond, never into the source tree. Programs are
# built by clang beside them, and the unit tests, which gcc's builds run, are read by it: its warnings are errors too.
check_fuzz() {
	seconds=${1:-5}
	say "build with clang, warnings are errors; fuzz targets, $seconds s each"
	CC=clang CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' configure_tree "$BUILD-fuzz" --enable-werror --enable-sanitizers
	make_tree "$BUILD-fuzz" all
	clang_reads "$BUILD-fuzz" "$top"/tests/unit/*/*.c "$top"/tests/conformance/*.c
	python3 tests/fuzz/seeds "$BUILD-fuzz/seeds"
	printf '%s\n' tests/fuzz/fuzz_*.c | count_passed fuzz sh contrib/checks/fuzz "$BUILD-fuzz" "$seconds"
}

check_dist() {
	say "make distcheck, and a service of somebody else's against the installed library"
	build_tree "$BUILD" --enable-werror
	# What is optimised, and how it runs, was seen before: here it is whether the archive holds all that is needed.
	make_tree "$BUILD" distcheck DISTCHECK_CONFIGURE_FLAGS=CFLAGS=-O1
	rm -rf "$BUILD/root"
	quietly "$BUILD/install.log" make -C "$BUILD" install DESTDIR="$BUILD/root"
	run sh contrib/checks/installed "$BUILD/root" "$BUILD"
}

# stage NAME COMMAND...: and how long it took.
stage() {
	stage_name=$1 stage_began=$(date +%s)
	shift
	"$@"
	stages="$stages${stages:+, }$stage_name $(($(date +%s) - stage_began))"
}

check_check() {
	began=$(date +%s) stages=
	stage lint check_lint
	stage unit check_unit
	stage integration integration_tests "$BUILD"
	stage chaos check_chaos --seconds 15
	stage conformance check_conformance
	stage oracle check_oracle
	stage asan check_asan
	stage coverage check_coverage
	stage valgrind check_valgrind
	stage fuzz check_fuzz 3
	stage dist check_dist
	say "everything passed in $(($(date +%s) - began)) s: $stages"
}
