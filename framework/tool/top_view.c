/* Rows, their order, and the screen. */
#include "tool/top_view.h"

#include <stdlib.h>
#include <string.h>

#include "core/compiler.h"
#include "tool/status.h"

enum { MAX_ROWS = 2048, NUMBERS = 6, TEXTS = 2 };

enum kind { NUMBER, TENTHS, THOUSANDTHS, TEXT };

struct column {
	const char *title;
	enum kind kind;
	unsigned index; /* among the numbers or texts of a row */
	int width;
};

struct row {
	json_int_t numbers[NUMBERS];
	const char *texts[TEXTS];
};

struct table {
	const struct column *columns;
	size_t column_count;
	struct row *rows;
	size_t row_count;
};

enum { STATE = 0, ROUTE = 1, METHOD = 0 };
enum { W_NUMBER, W_PID, W_RATE, W_REQUESTS, W_CONNECTIONS, W_BUSY };
enum { R_RATE, R_REQUESTS, R_REFUSED, R_FAILED, R_MEAN };

static const struct column worker_columns[] = {
	{ "WORKER", NUMBER, W_NUMBER, 6 },
	{ "PID", NUMBER, W_PID, 8 },
	{ "STATE", TEXT, STATE, 9 },
	{ "REQ/S", TENTHS, W_RATE, 9 },
	{ "REQUESTS", NUMBER, W_REQUESTS, 10 },
	{ "CONNS", NUMBER, W_CONNECTIONS, 6 },
	{ "BUSY S", THOUSANDTHS, W_BUSY, 9 },
	{ "ROUTE", TEXT, ROUTE, 40 },
};

static const struct column route_columns[] = {
	{ "ROUTE", TEXT, ROUTE, 40 },
	{ "METHOD", TEXT, METHOD, 8 },
	{ "REQ/S", TENTHS, R_RATE, 9 },
	{ "REQUESTS", NUMBER, R_REQUESTS, 10 },
	{ "4XX", NUMBER, R_REFUSED, 8 },
	{ "5XX", NUMBER, R_FAILED, 8 },
	{ "MEAN MS", THOUSANDTHS, R_MEAN, 9 },
};

static const struct {
	const struct column *columns;
	size_t count, sort;
} tables[TOP_TABLE_COUNT] = {
	[TOP_WORKERS] = { worker_columns, COUNT_OF(worker_columns), 3 },
	[TOP_ROUTES] = { route_columns, COUNT_OF(route_columns), 2 },
};

/* --- keys ------------------------------------------------------------------------------------ */

void
top_view_init(struct top_view *ret_view)
{
	size_t i;

	*ret_view = (struct top_view) { .table = TOP_WORKERS };
	for (i = 0; i < TOP_TABLE_COUNT; i++)
		ret_view->sort[i] = tables[i].sort;
}

static void
type(struct top_view *view, int key)
{
	size_t len = strlen(view->filter);

	if (key == '\r' || key == '\n') {
		view->is_typing = false;
	} else if (key == TOP_ESCAPE) {
		view->is_typing = false;
		view->filter[0] = '\0';
	} else if (key == 8 || key == 127) {
		if (len > 0)
			view->filter[len - 1] = '\0';
	} else if (key >= ' ' && key < 127 && len + 1 < sizeof(view->filter)) {
		view->filter[len] = (char)key;
		view->filter[len + 1] = '\0';
	}
}

bool
top_view_key(struct top_view *view, int key)
{
	const size_t count = tables[view->table].count;
	size_t *sort = &view->sort[view->table];

	if (view->is_typing) {
		type(view, key);
		return true;
	}
	switch (key) {
	case 'q':
	case 'Q':
		return false;
	case 'w':
		view->table = TOP_WORKERS;
		break;
	case 't':
		view->table = TOP_ROUTES;
		break;
	case '>':
	case 's':
		*sort = (*sort + 1) % count;
		break;
	case '<':
		*sort = (*sort + count - 1) % count;
		break;
	case 'r':
		view->is_reversed = !view->is_reversed;
		break;
	case '/':
		view->is_typing = true;
		view->filter[0] = '\0';
		break;
	case TOP_ESCAPE:
		view->filter[0] = '\0';
		break;
	}
	return true;
}

/* --- rows ------------------------------------------------------------------------------------ */

static json_int_t
number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static const char *
text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value != NULL ? value : "";
}

/* Tenths of a request a second; what has shrunk is another worker's. */
static json_int_t
rate(json_int_t now, json_int_t before, int64_t elapsed_us)
{
	if (elapsed_us <= 0 || now < before)
		return 0;
	return (json_int_t)((double)(now - before) * 10e6 / (double)elapsed_us + 0.5);
}

/* The worker of the same process in the answer before; NULL: there was none. */
static const json_t *
find_worker(const json_t *workers, json_int_t pid)
{
	json_t *worker;
	size_t i;

	json_array_foreach(workers, i, worker) if (number(worker, "pid") == pid) return worker;
	return NULL;
}

static void
fill_worker(struct row *row, const json_t *worker, const json_t *before, int64_t elapsed_us)
{
	const json_t *earlier =
	    find_worker(json_object_get(before, "each_worker"), number(worker, "pid"));

	row->texts[STATE] = text(worker, "state");
	row->texts[ROUTE] = text(worker, "route");
	row->numbers[W_NUMBER] = number(worker, "worker");
	row->numbers[W_PID] = number(worker, "pid");
	row->numbers[W_REQUESTS] = number(worker, "requests");
	row->numbers[W_CONNECTIONS] = number(worker, "connections");
	row->numbers[W_BUSY] = number(worker, "busy_us") / 1000;
	row->numbers[W_RATE] = before == NULL ? 0
					      : rate(row->numbers[W_REQUESTS],
						    number(earlier, "requests"), elapsed_us);
}

static void
fill_route(
    struct row *row, const json_t *route, const json_t *before, size_t index, int64_t elapsed_us)
{
	const json_t *earlier = json_array_get(json_object_get(before, "routes"), index);
	const json_int_t count = number(route, "requests");

	row->texts[METHOD] = text(route, "method");
	row->texts[ROUTE] = text(route, "route");
	row->numbers[R_REQUESTS] = count;
	row->numbers[R_REFUSED] = number(route, "4xx");
	row->numbers[R_FAILED] = number(route, "5xx");
	row->numbers[R_MEAN] = count > 0 ? number(route, "duration_us") / count : 0;
	row->numbers[R_RATE] =
	    before == NULL ? 0 : rate(count, number(earlier, "requests"), elapsed_us);
}

static bool
is_wanted(const struct top_view *view, const struct row *row)
{
	return view->filter[0] == '\0' || strstr(row->texts[0], view->filter) != NULL ||
	       strstr(row->texts[1], view->filter) != NULL;
}

static void
gather(struct table *table, const struct top_view *view, const json_t *now, const json_t *before,
    int64_t elapsed_us)
{
	const json_t *items =
	    json_object_get(now, view->table == TOP_WORKERS ? "each_worker" : "routes");
	json_t *item;
	size_t i;

	json_array_foreach(items, i, item)
	{
		struct row *row = &table->rows[table->row_count];

		if (table->row_count == MAX_ROWS)
			return;
		if (view->table == TOP_WORKERS)
			fill_worker(row, item, before, elapsed_us);
		else
			fill_route(row, item, before, i, elapsed_us);
		if (is_wanted(view, row))
			table->row_count++;
	}
}

/* --- order ----------------------------------------------------------------------------------- */

struct order {
	const struct column *column;
	bool is_reversed;
};

/* Large numbers first, texts by the alphabet; what is equal in the order of the first number. */
static int
compare(const void *a, const void *b, void *context)
{
	const struct order *order = context;
	const struct row *one = a, *other = b;
	const unsigned index = order->column->index;
	int result;

	if (order->column->kind == TEXT)
		result = strcmp(one->texts[index], other->texts[index]);
	else
		result = (one->numbers[index] < other->numbers[index]) -
			 (one->numbers[index] > other->numbers[index]);
	if (result == 0)
		return (one->numbers[0] > other->numbers[0]) -
		       (one->numbers[0] < other->numbers[0]);
	return order->is_reversed ? -result : result;
}

/* --- text ------------------------------------------------------------------------------------ */

static void
put_head(const json_t *now, const json_t *before, int64_t elapsed_us, FILE *out)
{
	const json_t *workers = json_object_get(now, "workers");
	const json_t *queue = json_array_get(json_object_get(now, "queues"), 0);
	const json_int_t total = number(json_object_get(now, "requests"), "total");
	const json_int_t per_second =
	    before == NULL
		? 0
		: rate(total, number(json_object_get(before, "requests"), "total"), elapsed_us);

	status_put_text(out, text(now, "service"), 0);
	fputs(": ", out);
	status_put_text(out, text(now, "state"), 0);
	fputs(
	    json_is_true(json_object_get(now, "ready")) ? ", ready, up " : ", NOT READY, up ", out);
	status_put_duration(out, number(now, "uptime_seconds"));
	fprintf(out,
	    "\nworkers: %" JSON_INTEGER_FORMAT " idle, %" JSON_INTEGER_FORMAT
	    " busy, %" JSON_INTEGER_FORMAT " starting, %" JSON_INTEGER_FORMAT
	    " draining; connections: %" JSON_INTEGER_FORMAT " open, %" JSON_INTEGER_FORMAT
	    " waiting\n",
	    number(workers, "idle"), number(workers, "busy"), number(workers, "starting"),
	    number(workers, "draining"), number(now, "open_connections"), number(queue, "waiting"));
	fprintf(out,
	    "requests: %" JSON_INTEGER_FORMAT ".%d a second, %" JSON_INTEGER_FORMAT
	    " in all; %" JSON_INTEGER_FORMAT " failed (5xx)\n",
	    per_second / 10, (int)(per_second % 10), total,
	    number(json_object_get(now, "requests"), "5xx"));
}

static void
put_prompt(const struct top_view *view, FILE *out)
{
	if (view->is_typing)
		fprintf(out, "filter: %s_\n", view->filter);
	else if (view->filter[0] != '\0')
		fprintf(out, "only \"%s\" (Esc: all)\n", view->filter);
	else
		fputs("q quit  w workers  t routes  < > sort by  r reverse  / filter\n", out);
}

/* The column that counts for the order is marked. */
static void
put_titles(const struct table *table, size_t sort, FILE *out)
{
	char title[32];
	size_t i;

	for (i = 0; i < table->column_count; i++) {
		const struct column *column = &table->columns[i];

		(void)snprintf(title, sizeof(title), "%s%s", i == sort ? "*" : "", column->title);
		fprintf(out, column->kind == TEXT ? "%-*s " : "%*s ", column->width, title);
	}
	fputc('\n', out);
}

static void
put_row(const struct table *table, const struct row *row, FILE *out)
{
	size_t i;

	for (i = 0; i < table->column_count; i++) {
		const struct column *column = &table->columns[i];
		const json_int_t value = column->kind == TEXT ? 0 : row->numbers[column->index];

		switch (column->kind) {
		case NUMBER:
			fprintf(out, "%*" JSON_INTEGER_FORMAT " ", column->width, value);
			break;
		case TENTHS:
			fprintf(out, "%*" JSON_INTEGER_FORMAT ".%d ", column->width - 2, value / 10,
			    (int)(value % 10));
			break;
		case THOUSANDTHS:
			fprintf(out, "%*" JSON_INTEGER_FORMAT ".%03d ", column->width - 4,
			    value / 1000, (int)(value % 1000));
			break;
		case TEXT:
			status_put_text(out, row->texts[column->index], column->width);
			fputc(' ', out);
			break;
		}
	}
	fputc('\n', out);
}

/* All lines, however many and long. */
static bool
put_all(const struct top_view *view, const json_t *now, const json_t *before, int64_t elapsed_us,
    FILE *out)
{
	struct table table = {
		.columns = tables[view->table].columns,
		.column_count = tables[view->table].count,
		.rows = calloc(MAX_ROWS + 1, sizeof(*table.rows)),
	};
	const size_t sort = view->sort[view->table];
	struct order order = { &table.columns[sort], view->is_reversed };
	size_t i;

	if (table.rows == NULL)
		return false;
	gather(&table, view, now, before, elapsed_us);
	qsort_r(table.rows, table.row_count, sizeof(*table.rows), compare, &order);
	put_head(now, before, elapsed_us, out);
	put_prompt(view, out);
	put_titles(&table, sort, out);
	for (i = 0; i < table.row_count; i++)
		put_row(&table, &table.rows[i], out);
	free(table.rows);
	return true;
}

/* --- the screen ------------------------------------------------------------------------------ */

/* Cuts what is too long, or too much, and leaves out blanks at the ends of lines. */
static void
put_screen(const struct top_view *view, const char *lines, bool clears, FILE *out)
{
	unsigned count = 0;

	for (; *lines != '\0' && (view->lines == 0 || count < view->lines); count++) {
		const char *end = strchr(lines, '\n');
		size_t len = end == NULL ? strlen(lines) : (size_t)(end - lines);
		const char *next = lines + len + (end != NULL);

		if (view->columns > 0 && len > view->columns)
			len = view->columns;
		while (len > 0 && lines[len - 1] == ' ')
			len--;
		/* The last line has no end, which would move all up. */
		if (clears && count > 0)
			fputc('\n', out);
		fwrite(lines, 1, len, out);
		fputs(clears ? "\033[K" : "\n", out);
		lines = next;
	}
	if (clears)
		fputs("\033[J", out);
}

bool
top_view_draw(const struct top_view *view, const json_t *now, const json_t *before,
    int64_t elapsed_us, bool clears, FILE *out)
{
	char *lines = NULL;
	size_t len = 0;
	FILE *all = open_memstream(&lines, &len);
	bool is_good;

	if (all == NULL)
		return false;
	is_good = put_all(view, now, before, elapsed_us, all);
	is_good = fclose(all) == 0 && is_good;
	if (is_good)
		put_screen(view, lines, clears, out);
	free(lines);
	return is_good;
}
