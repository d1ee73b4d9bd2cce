/*
 * --help-settings. Each setting is a row of three cells (name, what it expects, default) and its
 * help below; every cell is wrapped within its own column, so no line is longer than 100.
 */
#include "config/config.h"

#include <postern/service.h>

#include "config/service.h"
#include "config/table.h"
#include "config/value.h"
#include "core/buffer.h"

enum {
	NAME_WIDTH = 32,
	EXPECTED_WIDTH = 34,
	DEFAULT_WIDTH = 34,
	HELP_INDENT = 4,
	HELP_WIDTH = 100 - HELP_INDENT,
	CELLS = 3,
	ARENA_CEILING = 1 << 20,
};

_Static_assert(NAME_WIDTH + EXPECTED_WIDTH + DEFAULT_WIDTH <= 100, "rows of 100 columns");

/* Cuts off what fits into `width` bytes, at a space if there is one. */
static struct slice
cut_line(struct slice *rest, size_t width)
{
	struct slice text = slice_trim(*rest);
	size_t end = text.len;

	if (end > width) {
		end = width;
		while (end > 0 && text.data[end] != ' ')
			end--;
		if (end == 0)
			end = width;
	}
	*rest = slice_skip(text, end);
	return slice_trim(slice_first(text, end));
}

static void
print_row(FILE *out, const char *name, const char *expected, const char *otherwise)
{
	struct slice cells[CELLS] = { slice_from(name), slice_from(expected),
		slice_from(otherwise) };
	static const int widths[CELLS] = { NAME_WIDTH, EXPECTED_WIDTH, DEFAULT_WIDTH };

	while (cells[0].len + cells[1].len + cells[2].len > 0) {
		int missing = 0; /* blanks that are owed before the next cell */

		for (size_t i = 0; i < CELLS; i++) {
			struct slice part = cut_line(&cells[i], (size_t)widths[i] - 1);

			if (part.len > 0) {
				(void)fprintf(out, "%*s%.*s", missing, "", SLICE_ARGS(part));
				missing = 0;
			}
			missing += widths[i] - (int)part.len;
		}
		(void)fputc('\n', out);
	}
}

static void
print_help(FILE *out, const char *remark, const char *help, struct arena *arena)
{
	const char *text = arena_printf(arena, "%s%s", remark, help == NULL ? "" : help);
	struct slice rest = slice_from(text);

	while (rest.len > 0) {
		struct slice line = cut_line(&rest, HELP_WIDTH);

		(void)fprintf(out, "%*s%.*s\n", HELP_INDENT, "", SLICE_ARGS(line));
	}
}

/* The default as it would be with no setting given. */
static const char *
default_of(const struct setting *setting, const char *service_name, struct arena *arena)
{
	static const char mark[] = "{service}";
	const char *text = setting->otherwise != NULL ? setting->otherwise : setting->elsewhere;
	struct buffer line;

	if (text == NULL)
		return "-";
	buffer_init(&line, arena, 64, 512);
	for (const char *at; (at = strstr(text, mark)) != NULL; text = at + sizeof(mark) - 1) {
		(void)buffer_append(&line, text, (size_t)(at - text));
		(void)buffer_text(&line, service_name);
	}
	(void)buffer_text(&line, text);
	(void)buffer_text(&line, setting->is_development ? " (development and test)" : "");
	(void)buffer_text(&line, setting->is_hardened ? " (production and staging)" : "");
	(void)buffer_byte(&line, '\0');
	return buffer_failed(&line) ? "-" : line.data;
}

static const char *
remark_of(const struct setting *setting, struct arena *arena)
{
	static const char *const remarks[] = {
		[SETTING_OFFERED] = "",
		[SETTING_WITHOUT_EFFECT] = "accepted, without effect: ",
		[SETTING_NOT_OFFERED] = "not offered by this version: ",
	};
	const char *text = remarks[setting->availability];

	if (setting->other_name != NULL)
		text = arena_printf(arena, "(or %s) %s", setting->other_name, text);
	return text == NULL ? "" : text;
}

static void
print_framework(FILE *out, const char *service_name, struct arena *arena)
{
	size_t count;
	const struct setting *table = settings_get(&count);

	for (size_t i = 0; i < count; i++) {
		print_row(out, table[i].name, value_expected(&table[i], arena),
		    default_of(&table[i], service_name, arena));
		print_help(out, remark_of(&table[i], arena), table[i].help, arena);
	}
}

static void
print_service(FILE *out, const struct postern_service *service, struct arena *arena)
{
	for (size_t i = 0; i < service->setting_count; i++) {
		const struct postern_setting *setting = &service->settings[i];
		const char *otherwise = setting->otherwise == NULL ? "-" : setting->otherwise;

		if (setting->name == NULL)
			continue;
		print_row(out, setting->name, service_setting_expected(setting, arena),
		    setting->is_secret ? "-" : otherwise);
		print_help(out, setting->is_secret ? "(secret) " : "", setting->help, arena);
	}
}

static void
print_limits(FILE *out, const struct postern_service *service, struct arena *arena)
{
	for (size_t i = 0; i < service->route_count; i++) {
		const struct postern_route *route = &service->routes[i];
		const char *name = route->limit.setting;

		if (name == NULL || service_route_with_limit(service, i, name) != NULL)
			continue;
		print_row(out, name, SERVICE_LIMIT_EXPECTED,
		    route->limit.otherwise == NULL ? "-" : route->limit.otherwise);
		print_help(out, "requests of one client to ", route->path, arena);
	}
}

void
config_print_help(FILE *out, const struct postern_service *service)
{
	struct arena arena;

	arena_init(&arena, 16384, ARENA_CEILING);
	print_row(out, "NAME", "EXPECTED", "DEFAULT");
	print_framework(out, service->name == NULL ? "" : service->name, &arena);
	print_service(out, service, &arena);
	print_limits(out, service, &arena);
	(void)fputs(
	    "\nEach comes from the environment as NAME, or as NAME_FILE with the path of a file "
	    "that holds it.\nAn empty value means the default.\n",
	    out);
	arena_done(&arena);
}
