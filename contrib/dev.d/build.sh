# Building, always out of tree.
# shellcheck shell=sh

# generate_configure: the files that autoconf and automake write beside the sources.
generate_configure() {
	if [ configure -nt configure.ac ] && [ -e Makefile.in ]; then
		newer=$(find Makefile.am framework app tests -name '*.am' -newer Makefile.in | head -n 1)
		[ -n "$newer" ] || return 0
	fi
	mkdir -p "$1"
	quietly "$1/autoreconf.log" autoreconf -fi
}

# configure_tree FOLDER [OPTION...]: a build folder ready for make. It is configured anew only when other options are
# asked for; without any, one that is there serves as it is.
configure_tree() {
	tree=$1
	shift
	mkdir -p "$tree"
	generate_configure "$tree"
	wanted="$* CC=${CC:-} CFLAGS=${CFLAGS:-}"
	[ $# -gt 0 ] || [ ! -e "$tree/Makefile" ] || return 0
	if [ ! -e "$tree/Makefile" ] || [ "$(cat "$tree/options" 2>/dev/null)" != "$wanted" ]; then
		(cd "$tree" && CONFIG_SHELL=/bin/sh quietly configure.log /bin/sh "$top/configure" "$@") || return 1
		printf '%s\n' "$wanted" >"$tree/options"
	fi
}

# make_tree FOLDER [TARGET...]
make_tree() {
	tree=$1
	shift
	quietly "$tree/make.log" make -C "$tree" -j"$JOBS" "$@"
}

# build_tree FOLDER [OPTION...]: the programs.
build_tree() {
	say "build in $1"
	configure_tree "$@"
	make_tree "$1" all
	compile_commands "$1"
}

# What clangd and clang-tidy read: how any source file of ours is compiled.
compile_commands() {
	find framework app tests -name '*.c' | LC_ALL=C sort | awk -v dir="$top" '
		BEGIN { printf "[" }
		{
			printf "%s{\"directory\":\"%s\",\"file\":\"%s\",\"command\":\"cc -std=c11 -D_GNU_SOURCE ", sep, dir, $0
			printf "-Iframework -Iframework/include -Wall -Wextra -Wconversion -c %s\"}", $0
			sep = ",\n"
		}
		END { print "]" }' >"$1/compile_commands.json"
}
