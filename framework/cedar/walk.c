/* See walk.h. */
#include "cedar/walk.h"

static void
walk_list(
    const struct node_list *list, void (*visit)(void *data, const struct node *node), void *data)
{
	for (uint32_t i = 0; i < list->count; i++)
		walk_tree(list->items[i], visit, data);
}

void
walk_tree(const struct node *node, void (*visit)(void *data, const struct node *node), void *data)
{
	visit(data, node);
	switch (node->kind) {
	case NODE_LITERAL:
	case NODE_VARIABLE:
		break;
	case NODE_AND:
	case NODE_OR:
	case NODE_SET:
		walk_list(&node->as.list, visit, data);
		break;
	case NODE_NOT:
	case NODE_NEGATE:
		walk_tree(node->as.operand, visit, data);
		break;
	case NODE_IF:
		walk_tree(node->as.branch.condition, visit, data);
		walk_tree(node->as.branch.then, visit, data);
		walk_tree(node->as.branch.otherwise, visit, data);
		break;
	case NODE_COMPARE:
		walk_tree(node->as.compare.left, visit, data);
		walk_tree(node->as.compare.right, visit, data);
		break;
	case NODE_ARITHMETIC:
		for (uint32_t i = 0; i < node->as.chain.count; i++)
			walk_tree(node->as.chain.terms[i].operand, visit, data);
		break;
	case NODE_HAS:
		walk_tree(node->as.has.object, visit, data);
		break;
	case NODE_LIKE:
		walk_tree(node->as.like.object, visit, data);
		break;
	case NODE_IS:
		walk_tree(node->as.is.object, visit, data);
		if (node->as.is.in != NULL)
			walk_tree(node->as.is.in, visit, data);
		break;
	case NODE_ATTRIBUTE:
		walk_tree(node->as.attribute.object, visit, data);
		break;
	case NODE_RECORD:
		for (uint32_t i = 0; i < node->as.record.count; i++)
			walk_tree(node->as.record.fields[i].value, visit, data);
		break;
	case NODE_CALL:
		walk_list(&node->as.call.operands, visit, data);
		break;
	}
}
