/* The grammar of LISTEN: text to addresses. Opens nothing, so that --check may use it. */
#include "process/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "core/address.h"
#include "gateway/gateway.h"
#include "process/names.h"

enum { MAX_DESCRIPTOR = 65535, MAX_MODE = 0777 };

static bool
is_private_ipv4(uint32_t address)
{
	static const struct {
		uint32_t network, mask;
	} blocks[] = {
		{ 0x00000000, 0xffffffff }, /* wildcard */
		{ 0x0a000000, 0xff000000 }, { 0xac100000, 0xfff00000 },
		{ 0xc0a80000, 0xffff0000 }, /* RFC 1918 */
		{ 0x64400000, 0xffc00000 }, /* RFC 6598 */
		{ 0x7f000000, 0xff000000 }, /* loopback */
		{ 0xa9fe0000, 0xffff0000 }, /* link-local */
	};
	size_t i;

	for (i = 0; i < COUNT_OF(blocks); i++)
		if ((address & blocks[i].mask) == blocks[i].network)
			return true;
	return false;
}

static bool
is_private_ipv6(const struct in6_addr *address)
{
	return IN6_IS_ADDR_UNSPECIFIED(address) || IN6_IS_ADDR_LOOPBACK(address) ||
	       IN6_IS_ADDR_LINKLOCAL(address) || (address->s6_addr[0] & 0xfe) == 0xfc;
}

/* The text behind "unix:", up to "?": where the socket file will be. NULL, or what is wrong. */
static const char *
parse_path(struct listener *listener, struct slice path)
{
	struct sockaddr_un *local = &listener->address.local;

	if (path.len == 0 || path.data[0] != '/')
		return "the path of a unix socket must be absolute";
	if (path.len >= sizeof(local->sun_path))
		return "the path of a unix socket has at most 107 bytes";
	if (path.data[path.len - 1] == '/')
		return "the path of a unix socket names a file, not a directory";
	local->sun_family = AF_UNIX;
	memcpy(local->sun_path, path.data, path.len);
	local->sun_path[path.len] = '\0';
	listener->address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.len + 1);
	return NULL;
}

static bool
parse_mode(struct slice text, mode_t *ret_mode)
{
	unsigned mode = 0;
	size_t i;

	if (text.len < 3 || text.len > 4)
		return false;
	for (i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '7')
			return false;
		mode = mode * 8 + (unsigned)(text.data[i] - '0');
	}
	if (mode > MAX_MODE)
		return false;
	*ret_mode = (mode_t)mode;
	return true;
}

static const char *
parse_option(struct listener *listener, struct slice option)
{
	struct slice name = slice_cut(&option, '=');

	if (slice_is(name, "mode"))
		return parse_mode(option, &listener->mode)
			   ? NULL
			   : "mode= takes three or four octal digits";
	if (slice_is(name, "user"))
		return names_find_user(option, &listener->uid, NULL) ? NULL : "user= names no user";
	if (slice_is(name, "group"))
		return names_find_group(option, &listener->gid) ? NULL : "group= names no group";
	return "known options are mode, user and group";
}

static const char *
parse_unix(struct listener *listener, struct slice rest)
{
	struct slice path = slice_cut(&rest, '?');
	const char *fault = parse_path(listener, path);

	listener->kind = LISTENER_UNIX;
	listener->mode = LISTENER_MODE;
	while (fault == NULL && rest.data != NULL)
		fault = parse_option(listener, slice_cut(&rest, '&'));
	return fault;
}

static const char *
parse_inherited(struct listener *listener, struct slice number)
{
	uint64_t fd;

	listener->kind = LISTENER_INHERITED;
	if (!slice_to_u64(number, MAX_DESCRIPTOR, &fd))
		return "fd: takes the number of a descriptor";
	listener->fd = (int)fd;
	return gateway_is_listening((int)fd) ? NULL : "the descriptor is no listening socket";
}

static const char *
parse_tcp(struct listener *listener, struct slice text)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	unsigned char bytes[ADDRESS_V4_LEN];
	uint64_t port = 0;
	bool is_v6 = text.len > 0 && text.data[0] == '[', is_private;
	size_t end = text.len;

	listener->kind = LISTENER_TCP;
	while (end > 0 && text.data[end - 1] != ':')
		end--;
	if (end < 2 || !slice_to_u64(slice_skip(text, end), 65535, &port) || port == 0)
		return "expected unix:PATH, HOST:PORT, [IPV6]:PORT, fd:N or systemd";
	text = slice_first(text, end - 1);
	if (is_v6) {
		if (text.len < 3 || text.data[text.len - 1] != ']')
			return "an IPv6 address stands between [ and ]";
		text = slice_make(text.data + 1, text.len - 2);
	}
	if (slice_is(text, "localhost"))
		text = SLICE_OF("127.0.0.1");
	if (is_v6) {
		if (!address_v6_parse(text, v6.sin6_addr.s6_addr))
			return "the host is a numeric address or localhost";
		v6.sin6_port = htons((uint16_t)port);
		memcpy(&listener->address, &v6, sizeof(v6));
		listener->address_len = sizeof(v6);
		is_private = is_private_ipv6(&v6.sin6_addr);
	} else {
		if (!address_v4_parse(text, bytes))
			return "the host is a numeric address or localhost";
		memcpy(&v4.sin_addr, bytes, sizeof(bytes));
		v4.sin_port = htons((uint16_t)port);
		memcpy(&listener->address, &v4, sizeof(v4));
		listener->address_len = sizeof(v4);
		is_private = is_private_ipv4(ntohl(v4.sin_addr.s_addr));
	}
	return is_private ? NULL : "a FastCGI socket must not listen on a public address";
}

static const char *
parse_one(struct listener *listener, struct slice text)
{
	if (slice_starts(text, SLICE_OF("unix:")))
		return parse_unix(listener, slice_skip(text, 5));
	if (slice_starts(text, SLICE_OF("fd:")))
		return parse_inherited(listener, slice_skip(text, 3));
	return parse_tcp(listener, text);
}

/* What is listened on when LISTEN is not given. */
static const char *
default_text(struct arena *arena, const char *service_name, const struct listener_handed *handed)
{
	if (gateway_is_listening(0))
		return "fd:0";
	if (handed->count > 0)
		return "systemd";
	return arena_printf(arena, "unix:/run/%s/%s.sock", service_name, service_name);
}

static bool
is_doubled(const struct listeners *listeners, const struct listener *listener)
{
	size_t i;

	for (i = 0; i < listeners->count; i++) {
		const struct listener *other = &listeners->items[i];

		if (other->kind != listener->kind)
			continue;
		if (listener->kind == LISTENER_INHERITED
			? other->fd == listener->fd
			: other->address_len == listener->address_len &&
			      memcmp(&other->address, &listener->address, other->address_len) == 0)
			return true;
	}
	return false;
}

static const char *
add(struct listeners *listeners, const struct listener *listener)
{
	if (is_doubled(listeners, listener))
		return "is named twice";
	if (listeners->count == LISTENER_MAX)
		return "too many sockets; at most 16";
	listeners->items[listeners->count++] = *listener;
	return NULL;
}

/* "systemd" are all, "systemd:NAME" those of a name. Whether there are any is asked when they are opened. */
static const char *
add_handed(struct listeners *listeners, const struct listener_handed *handed, struct slice word,
    size_t entry)
{
	struct listener listener = {
		.kind = LISTENER_INHERITED, .uid = (uid_t)-1, .gid = (gid_t)-1
	};
	const char *fault = NULL;
	bool has_any = false;
	size_t at = 0;

	(void)slice_cut(&word, ':');
	if (word.data != NULL && word.len == 0)
		return "systemd: takes the name of a socket";
	while (fault == NULL && (listener.fd = listener_handed_next(handed, word, &at)) >= 0) {
		has_any = true;
		fault = add(listeners, &listener);
	}
	if (!has_any && listeners->missing == 0)
		listeners->missing = entry;
	return fault;
}

static bool
is_systemd(struct slice word)
{
	return slice_is(word, "systemd") || slice_starts(word, SLICE_OF("systemd:"));
}

bool
listeners_parse(struct listeners *ret_listeners, struct arena *arena, const char *setting,
    const char *text, const char *service_name, uid_t owner, gid_t group,
    struct config_faults *faults)
{
	const size_t faults_before = faults->count;
	struct listener_handed handed;
	struct slice rest, word;
	const char *fault;
	size_t entry = 0;

	*ret_listeners = (struct listeners) { .setting = setting };
	/* What is wrong there is said by listeners_check_handed. */
	if (listener_handed_read(&handed) != NULL)
		handed.count = 0;
	if (text == NULL && (text = default_text(arena, service_name, &handed)) == NULL) {
		config_fault(faults, arena, "%s: out of memory", setting);
		return false;
	}
	for (rest = slice_from(text); rest.data != NULL;) {
		struct listener listener = { .fd = -1, .uid = owner, .gid = group };

		word = slice_cut(&rest, ' ');
		if (word.len == 0)
			continue;
		entry++;
		if (is_systemd(word))
			fault = add_handed(ret_listeners, &handed, word, entry);
		else if ((fault = parse_one(&listener, word)) == NULL)
			fault = add(ret_listeners, &listener);
		if (fault != NULL)
			config_fault(faults, arena, "%s: entry %zu: %s", setting, entry, fault);
	}
	if (faults->count == faults_before && entry == 0)
		config_fault(faults, arena, "%s: names no socket", setting);
	return faults->count == faults_before;
}
