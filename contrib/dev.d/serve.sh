# The documents service behind nginx on 127.0.0.1:$PORT, with everything it needs under $BUILD/dev.
# shellcheck shell=sh

# serve_user: whom a root start serves as. nobody, unless the build folder is out of its reach.
serve_user() {
	if [ "$(id -u)" != 0 ]; then
		id -un
	elif runuser -u nobody -- test -x "$1" 2>/dev/null; then
		echo nobody
	else
		echo root
	fi
}

# serve_default NAME VALUE: a setting that the environment does not give already.
serve_default() {
	eval "serve_given=\${$1:-}\${$1_FILE:-}"
	if [ -z "$serve_given" ]; then
		eval "$1=\$2; export $1"
	fi
}

# serve_token NAME ARGUMENT...: a token for a demo principal, valid for a day.
serve_token() {
	token_name=$1
	shift
	set -- --key "$dev/issuer.pem" --lifetime 86400 --aud "$token_audience" "$@"
	[ -z "${JWT_ISSUER:-}" ] || set -- "$@" --iss "$JWT_ISSUER"
	(umask 077 && "$BUILD/postern" token "$@" >"$dev/tokens/$token_name")
}

serve_tokens() {
	claims=${JWT_CLAIM_NAMESPACE:-neosofia}
	token_audience=${JWT_AUDIENCE:-${SERVICE_NAME:-documents}}
	token_audience=${token_audience%%,*}
	serve_token patient-p1 --sub p1 --claim "$claims:principal_type=Patient"
	serve_token patient-p2 --sub p2 --claim "$claims:principal_type=Patient"
	serve_token clinician-a --sub clinician-a --claim "$claims:principal_type=Clinician" \
		--claim "$claims:role=physician" --claim "$claims:clinic_id=clinic-a"
	serve_token admin --sub admin --claim "$claims:principal_type=Clinician" \
		--claim "$claims:role=admin" --claim "$claims:clinic_id=clinic-a"
	serve_token operator --sub operator --claim-json "$claims:actors=[\"operator\"]"
}

# serve_policies: in production nobody may write what he obeys, so a read-only copy is served.
serve_policies() {
	case ${ENV:-} in
	production | staging)
		cp -R "$top/policies" "$dev/policies"
		chmod -R a-w "$dev/policies"
		serve_default AUTHORIZATION_POLICIES_DIR "$dev/policies"
		;;
	*) serve_default AUTHORIZATION_POLICIES_DIR "$top/policies" ;;
	esac
}

# serve_upstream: LISTEN's first socket as nginx spells it.
serve_upstream() {
	first=${LISTEN%% *}
	case $first in
	unix:*) echo "${first%%\?*}" ;;
	*) echo "$first" ;;
	esac
}

serve_nginx_conf() {
	cat <<CONF
daemon off;
pid $dev/nginx.pid;
error_log $dev/nginx-error.log crit;
worker_processes 2;
$([ "$(id -u)" != 0 ] || echo "user $user $(id -gn "$user");")
events { worker_connections 1024; }
http {
    client_body_temp_path $dev/nginx/body;
    fastcgi_temp_path $dev/nginx/fastcgi;
    proxy_temp_path $dev/nginx/proxy;
    scgi_temp_path $dev/nginx/scgi;
    uwsgi_temp_path $dev/nginx/uwsgi;
    access_log off;
    server_tokens off;
    upstream documents {
        server $(serve_upstream);
        keepalive 64;
    }
    server {
        listen 127.0.0.1:$PORT;
        client_max_body_size ${serve_body_limit};
        include postern-errors.conf;
        location / {
            include postern-params.conf;
            fastcgi_pass documents;
        }
    }
}
CONF
}

# serve_wait WHAT PID COMMAND...: until the command succeeds, at most 20 s and only as long as PID lives.
serve_wait() {
	what=$1 waited_pid=$2 tries=0
	shift 2
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		if [ $tries -gt 200 ] || ! kill -0 "$waited_pid" 2>/dev/null; then
			cat "$dev/documents.err" "$dev/documents.log" "$dev/nginx-error.log" >&2 2>/dev/null || :
			die "$what did not start"
		fi
		sleep 0.1
	done
}

serve_help() {
	url=http://127.0.0.1:$PORT
	say "documents ($ENV) answers at $url"
	for token in patient-p1 patient-p2 clinician-a admin operator; do
		printf '\n%s:\n%s\n' "$token" "$(cat "$dev/tokens/$token")"
	done
	cat <<LINES

Try, in another terminal:

curl -i $url/health
curl -i -H "Authorization: Bearer \$(cat $dev/tokens/patient-p1)" $url/api/v1/documents/d1
curl -i -H "Authorization: Bearer \$(cat $dev/tokens/clinician-a)" $url/api/v1/documents/d1/summary
curl -i -H "Authorization: Bearer \$(cat $dev/tokens/patient-p2)" $url/api/v1/documents/d1
curl -i -X DELETE -H "Authorization: Bearer \$(cat $dev/tokens/admin)" $url/api/v1/documents/d2

Ctrl-C stops everything. The log:

LINES
}

serve() {
	: "${PORT:=8900}"
	dev=$BUILD/dev
	nginx=$(PATH=$PATH:/usr/sbin:/sbin command -v nginx) || die "nginx is missing"
	[ ! -d "$dev" ] || chmod -R u+w "$dev"
	rm -rf "$dev"
	mkdir -p "$dev/tokens" "$dev/nginx"
	user=$(serve_user "$dev")

	say "keys, tokens and a new store in $dev"
	"$BUILD/postern" token keygen --private "$dev/issuer.pem" --public "$dev/issuer.pub.pem"
	serve_tokens
	serve_default ENV development
	serve_default LISTEN "unix:$dev/documents.sock?mode=0660"
	serve_default APP_DATABASE_URL "sqlite://$dev/documents.db"
	serve_default RATE_LIMIT_STORAGE_URI "${RATELIMIT_STORAGE_URI:-sqlite://$dev/limits.db}"
	[ -n "${JWT_PUBLIC_KEY:-}${JWT_JWKS_URI:-}" ] || serve_default JWT_PUBLIC_KEY_FILE "$dev/issuer.pub.pem"
	serve_policies
	serve_body_limit=$((${MAX_CONTENT_LENGTH:-16384} / 1048576 + 1))m
	if [ "$(id -u)" = 0 ]; then
		serve_default SERVICE_USER "$user"
		chown "$SERVICE_USER" "$dev" "$dev/nginx"
	fi
	"$BUILD/documents" seed || die "the store could not be made"

	start "$BUILD/documents" >"$dev/documents.log" 2>"$dev/documents.err"
	documents_pid=$started
	serve_wait "documents" "$documents_pid" grep -q '"service.startup"' "$dev/documents.log"

	cp contrib/nginx/postern-*.conf "$dev/"
	serve_nginx_conf >"$dev/nginx.conf"
	start "$nginx" -e "$dev/nginx-error.log" -c "$dev/nginx.conf"
	serve_wait nginx "$started" curl -s -o "$dev/health" "http://127.0.0.1:$PORT/health"

	serve_help
	start tail -n +1 -f "$dev/documents.log"
	documents_status=0
	finish "$documents_pid" || documents_status=$?
	[ "$documents_status" != 0 ] || exit 0 # it was told to stop
	cat "$dev/documents.err" >&2
	die "documents ended with status $documents_status"
}
