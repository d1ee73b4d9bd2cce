/*
 * Who refers to whom, as a graph over indexes: common types that name each other, entity types
 * and actions that are in each other. Tells circles, gives an order in which everything comes
 * behind what it refers to, and closes the relation.
 */
#ifndef POSTERN_CEDAR_SCHEMA_GRAPH_H
#define POSTERN_CEDAR_SCHEMA_GRAPH_H

#include "cedar/cedar.h"

struct schema_edges {
	const uint32_t *to; /* indexes */
	uint32_t count;
};

/*
 * `order` holds every node once, each behind the nodes that it refers to; nodes that refer to each
 * other stand side by side and share one `component`. Components are numbered in that order.
 */
struct schema_graph {
	struct arena *arena;
	uint32_t count;
	const struct schema_edges *edges; /* by node */
	uint32_t *order;
	uint32_t *component; /* by node */
	uint32_t steps;      /* taken so far; at most CEDAR_MAX_HIERARCHY */
};

enum schema_graph_outcome { SCHEMA_GRAPH_OK, SCHEMA_GRAPH_NO_MEMORY, SCHEMA_GRAPH_TOO_LARGE };

/* Fills in `order` and `component` of a graph that has the rest. */
enum schema_graph_outcome schema_graph_sort(struct schema_graph *graph) MUST_USE;
/* Where in `order` the component that begins at `first` ends. */
uint32_t schema_graph_component_end(const struct schema_graph *graph, uint32_t first);
/* Whether the component that begins at `first` in `order` is a circle, if of one node. */
bool schema_graph_is_circle(const struct schema_graph *graph, uint32_t first);
/*
 * All nodes that can be reached from each node by one step or more; ascending. Nodes of one
 * component share the array. For a sorted graph.
 */
enum schema_graph_outcome schema_graph_close(
    struct schema_graph *graph, struct schema_edges *ret_closed) MUST_USE;

#endif
