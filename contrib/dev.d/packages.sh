# Which Debian packages each command needs (Debian 12 and 13), and how they get there.
# shellcheck shell=sh

debian_codename() {
	(. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME:-}") || :
}

packages() {
	for what in "$@"; do
		case $what in
		build)
			echo gcc libc6-dev make autoconf automake libtool pkg-config \
				libfcgi-dev libjansson-dev libjwt-dev libseccomp-dev libssl-dev libsqlite3-dev
			;;
		serve) echo nginx curl ;;
		check)
			echo libcmocka-dev clang clang-format valgrind gcovr git shellcheck strace procps \
				binutils xz-utils gzip sqlite3 openssl man-db groff-base lighttpd apache2 fcgiwrap spawn-fcgi \
				python3 python3-jsonschema nodejs npm logrotate
			case $(debian_codename) in
			bookworm) echo libclang-rt-14-dev ;;
			trixie) echo libclang-rt-19-dev ;;
			esac
			;;
		bench) echo wrk ;;
		*) die "no list of packages is called $what" ;;
		esac
	done
}

# brought_by_another PACKAGE: whether what we want of it is there all the same. A nodejs that is not Debian's brings an
# npm along and conflicts with Debian's.
brought_by_another() {
	[ "$1" = npm ] && command -v npm >/dev/null 2>&1
}

missing_packages() {
	for package in $(packages "$@"); do
		state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || state=
		[ "$state" = installed ] || brought_by_another "$package" || echo "$package"
	done
}

# A web server that is installed for tests must not start its default site: a policy that forbids
# services to start is in place for as long as apt-get works (Debian policy, invoke-rc.d).
install_packages() {
	policy=/usr/sbin/policy-rc.d
	if [ ! -e "$policy" ]; then
		trap 'stop_children; rm -f /usr/sbin/policy-rc.d' EXIT
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
	fi
	log=$(mktemp)
	DEBIAN_FRONTEND=noninteractive
	export DEBIAN_FRONTEND
	quietly "$log" apt-get update -q || :
	quietly "$log" apt-get install -y -q --no-install-recommends "$@"
	rm -f "$log"
	if [ "$(head -c 20 "$policy" 2>/dev/null | tail -n 1)" = 'exit 101' ]; then
		rm -f "$policy"
	fi
	trap stop_children EXIT
}

need_packages() {
	command -v dpkg-query >/dev/null 2>&1 || return 0 # another distribution: configure says what is missing
	set -- $(missing_packages "$@")
	[ $# -gt 0 ] || return 0
	say "packages: $*"
	if [ "$(id -u)" = 0 ]; then
		install_packages "$@"
	else
		printf 'missing packages; install them with\n\n    sudo apt-get install %s\n\n' "$*" >&2
		exit 1
	fi
}
