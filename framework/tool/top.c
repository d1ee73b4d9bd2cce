/*
 * `postern top`: asks the inspector again and again and keeps a screen up to date. The terminal is
 * given back as it was, whichever way this ends. Where there is none that can move its cursor, one
 * screen after the other is printed.
 */
#include "tool/tool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/slice.h"
#include "tool/ask.h"
#include "tool/options.h"
#include "tool/top_view.h"

enum { OPT_SOCKET, OPT_INTERVAL, OPT_COUNT, OPT_HELP };

enum { TOP_ARENA = 3 * ASK_MAX_ANSWER, MAX_INTERVAL_S = 3600, MAX_COUNT = 1000000000 };

static const struct option_kind kinds[] = {
	[OPT_SOCKET] = { "--socket", true, 0 },
	[OPT_INTERVAL] = { "--interval", true, 0 },
	[OPT_COUNT] = { "--count", true, 0 },
	[OPT_HELP] = { "--help", false, 0 },
};

static const char help[] =
    "usage: postern top [ADDRESS] [OPTION]...\n"
    "\n"
    "Shows what the workers of a running service are doing. ADDRESS is its STATUS_LISTEN, as for\n"
    "`postern status`.\n"
    "\n"
    "  --socket ADDRESS    the same as ADDRESS\n"
    "  --interval SECONDS  between two looks, 1 to 3600 (default: 2)\n"
    "  --count N           end after so many looks (default: never)\n"
    "  --help              print this text\n"
    "\n"
    "Keys: q quit, w workers, t routes, < and > (or s) sort by another column, r reverse, / "
    "filter,\n"
    "Esc all rows. On a terminal that cannot move its cursor, or into a file, one screen follows "
    "the\n"
    "other.\n";

struct top {
	const char *address;
	uint64_t interval_s, count; /* 0: no end */
	bool wants_help;
	bool is_screen; /* a terminal of which the cursor can be moved */
	struct termios before;
	struct top_view view;
	json_t *last; /* NULL: none yet */
	json_t *earlier;
	int64_t last_us, earlier_us;
	FILE *out;
};

static volatile sig_atomic_t is_told_to_end;

static void
end(int number UNUSED)
{
	is_told_to_end = 1;
}

/* It interrupts the wait: that is all. */
static void
note_resize(int number UNUSED)
{
}

/* --- options --------------------------------------------------------------------------------- */

static bool
take(struct top *top, int option, const char *value, FILE *err)
{
	struct slice text = slice_from(value);

	if (option == OPT_SOCKET)
		top->address = value;
	top->wants_help |= option == OPT_HELP;
	if (option == OPT_INTERVAL &&
	    (!slice_to_u64(text, MAX_INTERVAL_S, &top->interval_s) || top->interval_s == 0)) {
		fprintf(err, "postern: --interval is 1 to %d\n", MAX_INTERVAL_S);
		return false;
	}
	if (option == OPT_COUNT &&
	    (!slice_to_u64(text, MAX_COUNT, &top->count) || top->count == 0)) {
		fprintf(err, "postern: --count is 1 to %d\n", MAX_COUNT);
		return false;
	}
	return true;
}

static bool
read_options(struct top *top, int argc, char **argv, FILE *err)
{
	const bool has_address = argc > 1 && argv[1][0] != '-';
	struct options options = options_of(kinds, COUNT_OF(kinds), argc, argv);
	const char *value = NULL;
	int option;

	if (has_address) {
		top->address = argv[1];
		options.at = 2;
	}
	while ((option = options_next(&options, &value, err)) != OPTION_END)
		if (option == OPTION_BAD || !take(top, option, value, err))
			return false;
	if (top->address == NULL)
		top->address = getenv("STATUS_LISTEN");
	return true;
}

/* --- the terminal ---------------------------------------------------------------------------- */

static bool
can_move(FILE *out)
{
	const char *terminal = getenv("TERM");

	return out == stdout && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && terminal != NULL &&
	       terminal[0] != '\0' && strcmp(terminal, "dumb") != 0;
}

static void
enter_screen(struct top *top)
{
	struct termios raw;

	top->is_screen = can_move(top->out) && tcgetattr(STDIN_FILENO, &top->before) == 0;
	if (!top->is_screen)
		return;
	raw = top->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	/* Nobody leaves for a while, with the terminal as it is here. */
	raw.c_cc[VSUSP] = _POSIX_VDISABLE;
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	fputs("\033[?1049h\033[?25l", top->out); /* another screen, no cursor */
}

static void
leave_screen(struct top *top)
{
	if (!top->is_screen)
		return;
	fputs("\033[?25h\033[?1049l", top->out);
	fflush(top->out);
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &top->before);
}

static void
look_at_size(struct top *top)
{
	struct winsize size;

	top->view.lines = top->view.columns = 0;
	if (!top->is_screen || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
	    size.ws_col == 0)
		return;
	top->view.lines = size.ws_row;
	top->view.columns = size.ws_col;
}

/* Signals come while it waits and at no other time. */
static void
take_signals(sigset_t *ret_waiting)
{
	struct sigaction ending = { .sa_handler = end }, resizing = { .sa_handler = note_resize };
	const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t blocked;
	size_t i;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGWINCH);
	(void)sigaction(SIGWINCH, &resizing, NULL);
	for (i = 0; i < COUNT_OF(numbers); i++) {
		sigaddset(&blocked, numbers[i]);
		(void)sigaction(numbers[i], &ending, NULL);
	}
	(void)sigprocmask(SIG_BLOCK, &blocked, ret_waiting);
	for (i = 0; i < COUNT_OF(numbers); i++)
		sigdelset(ret_waiting, numbers[i]);
	sigdelset(ret_waiting, SIGWINCH);
}

/* --- looking --------------------------------------------------------------------------------- */

/* NULL, or why nothing could be seen. */
static const char *
look(struct top *top)
{
	static char reason[256];
	struct ask_answer answer = { 0 };
	struct arena arena;
	const char *failed;
	json_t *status = NULL;

	arena_init(&arena, 64 * 1024, TOP_ARENA);
	failed = ask(&arena, top->address, "/status?full", &answer);
	if (failed == NULL) {
		status = json_loadb(answer.body.data, answer.body.len, 0, NULL);
		if (answer.status != 200 || !json_is_object(status))
			failed = "what answers is no Postern service";
	}
	if (failed != NULL) {
		(void)snprintf(reason, sizeof(reason), "%s", failed);
		json_decref(status);
	} else {
		json_decref(top->earlier);
		top->earlier = top->last;
		top->earlier_us = top->last_us;
		top->last = status;
		top->last_us = clock_mono_us();
	}
	arena_done(&arena);
	return failed != NULL ? reason : NULL;
}

static void
draw(struct top *top)
{
	if (top->is_screen)
		fputs("\033[H", top->out);
	look_at_size(top);
	(void)top_view_draw(&top->view, top->last, top->earlier, top->last_us - top->earlier_us,
	    top->is_screen, top->out);
	if (!top->is_screen)
		fputc('\n', top->out);
	fflush(top->out);
}

/* False: quit. */
static bool
take_keys(struct top *top)
{
	unsigned char keys[64];
	ssize_t i, count = read(STDIN_FILENO, keys, sizeof(keys));

	/* The terminal is gone. */
	if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN))
		return false;
	/* Arrows and their like begin with an escape, and mean nothing here. */
	if (count > 1 && keys[0] == TOP_ESCAPE)
		return true;
	for (i = 0; i < count; i++)
		if (!top_view_key(&top->view, keys[i]))
			return false;
	return true;
}

/* Until it is time for another look; keys and a new size are answered at once. False: quit. */
static bool
wait_for_next(struct top *top, const sigset_t *waiting)
{
	const int64_t end_us = top->last_us + (int64_t)top->interval_s * 1000000;
	struct pollfd keyboard = { .fd = top->is_screen ? STDIN_FILENO : -1, .events = POLLIN };
	int64_t left_us;

	while (!is_told_to_end && (left_us = end_us - clock_mono_us()) > 0) {
		const struct timespec patience = { left_us / 1000000, left_us % 1000000 * 1000 };
		int ready = ppoll(&keyboard, 1, &patience, waiting);

		if (ready == 0 || (ready < 0 && !top->is_screen))
			continue;
		if (ready > 0 && !take_keys(top))
			return false;
		draw(top);
	}
	return !is_told_to_end;
}

static enum tool_exit
run(struct top *top, FILE *err)
{
	sigset_t waiting;
	const char *failed;
	uint64_t looks = 0;

	if ((failed = look(top)) == NULL) {
		take_signals(&waiting);
		enter_screen(top);
		for (looks = 1;; looks++) {
			draw(top);
			if (looks == top->count || ferror(top->out) ||
			    !wait_for_next(top, &waiting) || (failed = look(top)) != NULL)
				break;
		}
		leave_screen(top);
	}
	json_decref(top->last);
	json_decref(top->earlier);
	if (failed == NULL)
		return tool_finish(top->out, err);
	fprintf(err, "postern: the service cannot be asked: %s\n", failed);
	return TOOL_UNREACHABLE;
}

enum tool_exit
top_command(int argc, char **argv, FILE *out, FILE *err)
{
	struct top top = { .interval_s = 2, .out = out };

	if (!read_options(&top, argc, argv, err))
		return TOOL_USAGE;
	if (top.wants_help) {
		fputs(help, out);
		return tool_finish(out, err);
	}
	if (top.address == NULL) {
		fputs("postern: top of what? `postern top --help` tells more\n", err);
		return TOOL_USAGE;
	}
	top_view_init(&top.view);
	return run(&top, err);
}
