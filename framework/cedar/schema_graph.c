/*
 * Tarjan's strongly connected components, with a stack of our own: a chain of types may be as long
 * as a text allows. Closing goes through the components in their order, so that whatever a node
 * refers to is closed already.
 */
#include "cedar/schema_graph.h"

#include "core/sort.h"

enum {
	UNSEEN = 0,
	DENSE = 16, /* one node of so many */
};

/* Scratch of one walk. */
struct walk {
	struct schema_graph *graph;
	uint32_t *number; /* by node: when it was seen, from 1 */
	uint32_t *low;    /* by node: the earliest node on the stack that it leads back to */
	bool *is_waiting; /* by node: on the stack of nodes whose component is not known yet */
	uint32_t *waiting;
	uint32_t waiting_count;
	struct frame {
		uint32_t node, next_edge;
	} * frames;
	uint32_t frame_count;
	uint32_t seen, placed, components;
};

static void
enter(struct walk *walk, uint32_t node)
{
	walk->number[node] = walk->low[node] = ++walk->seen;
	walk->is_waiting[node] = true;
	walk->waiting[walk->waiting_count++] = node;
	walk->frames[walk->frame_count++] = (struct frame) { node, 0 };
}

/* The node and all that waits above it are one component. */
static void
place_component(struct walk *walk, uint32_t node)
{
	uint32_t member;

	do {
		member = walk->waiting[--walk->waiting_count];
		walk->is_waiting[member] = false;
		walk->graph->component[member] = walk->components;
		walk->graph->order[walk->placed++] = member;
	} while (member != node);
	walk->components++;
}

static void
note_low(struct walk *walk, uint32_t node, uint32_t low)
{
	if (low < walk->low[node])
		walk->low[node] = low;
}

/* All edges of the node have been followed. */
static void
leave(struct walk *walk, uint32_t node)
{
	walk->frame_count--;
	if (walk->low[node] == walk->number[node])
		place_component(walk, node);
	if (walk->frame_count > 0)
		note_low(walk, walk->frames[walk->frame_count - 1].node, walk->low[node]);
}

static bool
walk_from(struct walk *walk, uint32_t start)
{
	enter(walk, start);
	while (walk->frame_count > 0) {
		struct frame *frame = &walk->frames[walk->frame_count - 1];
		const struct schema_edges *edges = &walk->graph->edges[frame->node];
		uint32_t target;

		if (frame->next_edge == edges->count) {
			leave(walk, frame->node);
			continue;
		}
		if (walk->graph->steps++ >= CEDAR_MAX_HIERARCHY)
			return false;
		target = edges->to[frame->next_edge++];
		if (walk->number[target] == UNSEEN)
			enter(walk, target);
		else if (walk->is_waiting[target])
			note_low(walk, frame->node, walk->number[target]);
	}
	return true;
}

static bool
open_walk(struct walk *walk, struct schema_graph *graph)
{
	struct arena *arena = graph->arena;
	size_t count = graph->count;

	*walk = (struct walk) {
		.graph = graph,
		.number = arena_calloc(arena, count, sizeof(*walk->number)),
		.low = arena_calloc(arena, count, sizeof(*walk->low)),
		.is_waiting = arena_calloc(arena, count, sizeof(*walk->is_waiting)),
		.waiting = arena_calloc(arena, count, sizeof(*walk->waiting)),
		.frames = arena_calloc(arena, count, sizeof(*walk->frames)),
	};
	return walk->number != NULL && walk->low != NULL && walk->is_waiting != NULL &&
	       walk->waiting != NULL && walk->frames != NULL;
}

enum schema_graph_outcome
schema_graph_sort(struct schema_graph *graph)
{
	enum schema_graph_outcome outcome = SCHEMA_GRAPH_OK;
	struct arena_mark mark;
	struct walk walk;

	graph->order = arena_calloc(graph->arena, graph->count, sizeof(*graph->order));
	graph->component = arena_calloc(graph->arena, graph->count, sizeof(*graph->component));
	mark = arena_mark(graph->arena);
	if (graph->order == NULL || graph->component == NULL || !open_walk(&walk, graph))
		return SCHEMA_GRAPH_NO_MEMORY;
	for (uint32_t node = 0; node < graph->count && outcome == SCHEMA_GRAPH_OK; node++)
		if (walk.number[node] == UNSEEN && !walk_from(&walk, node))
			outcome = SCHEMA_GRAPH_TOO_LARGE;
	arena_rollback(graph->arena, mark);
	return outcome;
}

uint32_t
schema_graph_component_end(const struct schema_graph *graph, uint32_t first)
{
	uint32_t component = graph->component[graph->order[first]], end = first + 1;

	while (end < graph->count && graph->component[graph->order[end]] == component)
		end++;
	return end;
}

bool
schema_graph_is_circle(const struct schema_graph *graph, uint32_t first)
{
	const struct schema_edges *edges = &graph->edges[graph->order[first]];

	if (schema_graph_component_end(graph, first) > first + 1)
		return true;
	for (uint32_t i = 0; i < edges->count; i++)
		if (edges->to[i] == graph->order[first])
			return true;
	return false;
}

/* What one component reaches. */
struct gathering {
	struct schema_graph *graph;
	uint32_t *marks; /* by node: the component + 1 that reached it last */
	uint32_t *found;
	uint32_t count;
};

/* Whether it is new. */
static bool
gather(struct gathering *gathering, uint32_t component, uint32_t node)
{
	if (gathering->marks[node] == component + 1)
		return false;
	gathering->marks[node] = component + 1;
	gathering->found[gathering->count++] = node;
	return true;
}

/* What the edges of one node lead to, and what is reached from there. */
static bool
gather_node(struct gathering *gathering, uint32_t node, const struct schema_edges *closed)
{
	struct schema_graph *graph = gathering->graph;
	const struct schema_edges *edges = &graph->edges[node];
	uint32_t component = graph->component[node];

	for (uint32_t i = 0; i < edges->count; i++) {
		uint32_t target = edges->to[i];

		if (graph->steps++ >= CEDAR_MAX_HIERARCHY)
			return false;
		if (!gather(gathering, component, target) || graph->component[target] == component)
			continue;
		if (graph->steps + closed[target].count > CEDAR_MAX_HIERARCHY)
			return false;
		graph->steps += closed[target].count;
		for (uint32_t k = 0; k < closed[target].count; k++)
			(void)gather(gathering, component, closed[target].to[k]);
	}
	return true;
}

static int
index_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* What was gathered, ascending. Of much there is, walking over all nodes is quicker than sorting. */
static void
take_sorted(const struct gathering *gathering, uint32_t component, uint32_t *sorted)
{
	uint32_t count = 0;

	if (gathering->count < gathering->graph->count / DENSE) {
		if (gathering->count > 0)
			memcpy(sorted, gathering->found, gathering->count * sizeof(*sorted));
		SORT(sorted, gathering->count, index_order);
		return;
	}
	for (uint32_t node = 0; node < gathering->graph->count; node++)
		if (gathering->marks[node] == component + 1)
			sorted[count++] = node;
}

static enum schema_graph_outcome
close_component(
    struct gathering *gathering, uint32_t first, uint32_t end, struct schema_edges *closed)
{
	struct schema_graph *graph = gathering->graph;
	uint32_t *reached;

	gathering->count = 0;
	for (uint32_t i = first; i < end; i++)
		if (!gather_node(gathering, graph->order[i], closed))
			return SCHEMA_GRAPH_TOO_LARGE;
	reached = arena_alloc(graph->arena, gathering->count * sizeof(*reached));
	if (reached == NULL)
		return SCHEMA_GRAPH_NO_MEMORY;
	take_sorted(gathering, graph->component[graph->order[first]], reached);
	for (uint32_t i = first; i < end; i++)
		closed[graph->order[i]] = (struct schema_edges) { reached, gathering->count };
	return SCHEMA_GRAPH_OK;
}

enum schema_graph_outcome
schema_graph_close(struct schema_graph *graph, struct schema_edges *ret_closed)
{
	struct gathering gathering = {
		.graph = graph,
		.marks = arena_calloc(graph->arena, graph->count, sizeof(*gathering.marks)),
		.found = arena_calloc(graph->arena, graph->count, sizeof(*gathering.found)),
	};
	enum schema_graph_outcome outcome = SCHEMA_GRAPH_OK;

	if (gathering.marks == NULL || gathering.found == NULL)
		return SCHEMA_GRAPH_NO_MEMORY;
	for (uint32_t first = 0, end; first < graph->count && outcome == SCHEMA_GRAPH_OK;
	     first = end) {
		end = schema_graph_component_end(graph, first);
		outcome = close_component(&gathering, first, end, ret_closed);
	}
	return outcome;
}
