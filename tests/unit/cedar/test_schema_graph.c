/* Graphs: their order, their circles, what can be reached. */
#include <stdio.h>

#include "../core/rows.h"
#include "cedar/schema_graph.h"
#include "core/buffer.h"

enum { MAX_NODES = 10, MAX_EDGES = 20 };

/* Edges as "ab": from a to b. What is reached: "a:bc" for every node. */
static const struct graph_row {
	const char *name, *edges, *closed, *circles;
} graph_rows[] = {
	{ "no edges", "", "a: b: c: d: e:", "" },
	{ "a row", "ab bc cd de", "a:bcde b:cde c:de d:e e:", "" },
	{ "a row the other way", "ed dc cb ba", "a: b:a c:ab d:abc e:abcd", "" },
	{ "a tree", "ba ca db eb", "a: b:a c:a d:ab e:ab", "" },
	{ "a diamond", "ab ac bd cd de", "a:bcde b:de c:de d:e e:", "" },
	{ "an edge twice", "ab ab bc", "a:bc b:c c: d: e:", "" },
	{ "a loop", "aa ab", "a:ab b: c: d: e:", "a" },
	{ "a pair", "ab ba", "a:ab b:ab c: d: e:", "ab" },
	{ "all around", "ab bc cd de ea", "a:abcde b:abcde c:abcde d:abcde e:abcde", "abcde" },
	{ "two circles, one behind the other", "ab ba bc cd dc de",
	    "a:abcde b:abcde c:cde d:cde e:", "ab cd" },
	{ "a circle with a tail before and behind", "ab bc cb cd",
	    "a:bcd b:bcd c:bcd d: e:", "bc" },
	{ "circles that share a node", "ab ba bc cb", "a:abc b:abc c:abc d: e:", "abc" },
};

struct graph {
	struct arena arena;
	struct schema_graph graph;
	struct schema_edges edges[MAX_NODES];
	uint32_t targets[MAX_NODES][MAX_EDGES];
};

static void
make_graph(struct graph *made, const char *edges)
{
	memset(made, 0, sizeof(*made));
	arena_init(&made->arena, 4096, 1024 * 1024);
	for (; edges[0] != '\0'; edges += edges[2] == ' ' ? 3 : 2) {
		struct schema_edges *from = &made->edges[edges[0] - 'a'];

		made->targets[edges[0] - 'a'][from->count++] = (uint32_t)(edges[1] - 'a');
		from->to = made->targets[edges[0] - 'a'];
	}
	made->graph = (struct schema_graph) {
		.arena = &made->arena,
		.count = 5,
		.edges = made->edges,
	};
}

static void
write_nodes(struct buffer *out, const uint32_t *nodes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		buffer_byte(out, (char)('a' + nodes[i]));
}

/* Whoever is referred to comes first, but for circles. */
static void
check_order(const struct schema_graph *graph)
{
	bool is_seen[MAX_NODES] = { false };

	for (uint32_t i = 0; i < graph->count; i++) {
		uint32_t node = graph->order[i];

		assert_false(is_seen[node]);
		is_seen[node] = true;
		for (uint32_t k = 0; k < graph->edges[node].count; k++)
			assert_true(
			    is_seen[graph->edges[node].to[k]] ||
			    graph->component[graph->edges[node].to[k]] == graph->component[node]);
	}
}

static int
node_order(const void *a, const void *b)
{
	return *(const uint32_t *)a > *(const uint32_t *)b ? 1 : -1;
}

/* Every circle of the row is one of the graph, and the other way round. */
static void
check_circles(const struct schema_graph *graph, const char *circles)
{
	size_t left = strlen(circles) == 0 ? 0 : 1;

	for (const char *at = circles; *at != '\0'; at++)
		left += *at == ' ';
	for (uint32_t first = 0, end; first < graph->count; first = end) {
		uint32_t nodes[MAX_NODES];
		struct buffer text;
		char room[MAX_NODES + 1];

		end = schema_graph_component_end(graph, first);
		if (!schema_graph_is_circle(graph, first)) {
			assert_int_equal(end, first + 1);
			continue;
		}
		memcpy(nodes, graph->order + first, (end - first) * sizeof(*nodes));
		qsort(nodes, end - first, sizeof(*nodes), node_order);
		buffer_init_fixed(&text, room, sizeof(room));
		write_nodes(&text, nodes, end - first);
		buffer_byte(&text, '\0');
		assert_non_null(strstr(circles, room));
		left--;
	}
	assert_int_equal(left, 0);
}

static void
is_sorted_and_closed(void **state)
{
	const struct graph_row *row = *state;
	struct schema_edges closed[MAX_NODES];
	struct graph made;
	struct buffer text;
	char room[256];

	make_graph(&made, row->edges);
	assert_int_equal(schema_graph_sort(&made.graph), SCHEMA_GRAPH_OK);
	check_order(&made.graph);
	check_circles(&made.graph, row->circles);
	assert_int_equal(schema_graph_close(&made.graph, closed), SCHEMA_GRAPH_OK);
	buffer_init_fixed(&text, room, sizeof(room));
	for (uint32_t i = 0; i < made.graph.count; i++) {
		buffer_printf(&text, "%s%c:", i == 0 ? "" : " ", (char)('a' + i));
		write_nodes(&text, closed[i].to, closed[i].count);
	}
	buffer_byte(&text, '\0');
	assert_string_equal(room, row->closed);
	arena_done(&made.arena);
}

/* A tree of many nodes: everybody is in few others. */
static void
a_large_graph_is_closed(void **state)
{
	enum { COUNT = 500 };
	static uint32_t parents[COUNT];
	static struct schema_edges edges[COUNT], closed[COUNT];
	struct schema_graph graph = { .count = COUNT, .edges = edges };
	struct arena arena;

	(void)state;
	arena_init(&arena, 4096, 1024 * 1024);
	graph.arena = &arena;
	for (uint32_t i = 1; i < COUNT; i++) {
		parents[i] = i / 2;
		edges[i] = (struct schema_edges) { &parents[i], i > 1 };
	}
	assert_int_equal(schema_graph_sort(&graph), SCHEMA_GRAPH_OK);
	assert_int_equal(schema_graph_close(&graph, closed), SCHEMA_GRAPH_OK);
	for (uint32_t i = 1; i < COUNT; i++) {
		uint32_t at = closed[i].count;

		for (uint32_t ancestor = i / 2; ancestor > 0; ancestor /= 2)
			assert_int_equal(closed[i].to[--at], ancestor);
		assert_int_equal(at, 0);
	}
	arena_done(&arena);
}

static void
no_graph_at_all(void **state)
{
	struct graph made;

	(void)state;
	make_graph(&made, "");
	made.graph.count = 0;
	assert_int_equal(schema_graph_sort(&made.graph), SCHEMA_GRAPH_OK);
	assert_int_equal(schema_graph_close(&made.graph, NULL), SCHEMA_GRAPH_OK);
	arena_done(&made.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_large_graph_is_closed),
		cmocka_unit_test(no_graph_at_all),
	};

	return RUN_ROWS(graph_rows, is_sorted_and_closed) +
	       cmocka_run_group_tests_name("graphs", tests, NULL, NULL);
}
