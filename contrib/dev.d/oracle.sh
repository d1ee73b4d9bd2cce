# The official Cedar engine, which tests compare ours with: an npm package, in $BUILD/oracle and nowhere else.
# shellcheck shell=sh

# oracle_install: puts it there, of exactly the version and checksum of the lock file. False: it cannot be had.
oracle_install() {
	oracle=$BUILD/oracle
	if cmp -s tests/oracle/package-lock.json "$oracle/installed" && [ -d "$oracle/node_modules" ]; then
		return 0
	fi
	mkdir -p "$oracle"
	rm -f "$oracle/installed"
	cp tests/oracle/package.json tests/oracle/package-lock.json "$oracle/"
	quietly "$oracle/npm.log" npm ci --prefix "$oracle" --no-audit --no-fund --ignore-scripts || return 1
	cp tests/oracle/package-lock.json "$oracle/installed"
}

# oracle_compare FOLDER [OPTION...]: the program of that folder; options of tests/oracle/run.
oracle_compare() {
	compared=$1
	shift
	run env BUILD="$compared" JOBS="$JOBS" python3 tests/oracle/run --oracle "$BUILD/oracle" "$@"
}

# check_oracle [OPTION...]: those of tests/oracle/run.
check_oracle() {
	say "the Cedar engine against the official one"
	build_tree "$BUILD" --enable-werror
	if oracle_install; then
		run node tests/oracle/verdicts.js "$BUILD/oracle" tests/unit/cedar/verdicts
		oracle_compare "$BUILD" "$@"
	else
		printf 'oracle: skipped, npm cannot get the official engine here\n'
	fi
}
