/* <postern/cedar.h>: decisions. */
#include "cedar/api.h"

#include <stdlib.h>

struct postern_cedar_answer {
	struct arena arena;
	enum postern_cedar_decision decision;
	const char *fault;          /* why it is undecided, a constant text; else NULL */
	struct cedar_answer answer; /* all zero unless it was decided */
};

struct postern_cedar_answer *
postern_cedar_answer_new(void)
{
	struct postern_cedar_answer *answer = calloc(1, sizeof(*answer));

	if (answer == NULL)
		return NULL;
	arena_init(&answer->arena, API_BLOCK, API_WORK_MEMORY);
	answer->decision = POSTERN_CEDAR_UNDECIDED;
	answer->fault = "nothing has been asked";
	return answer;
}

void
postern_cedar_answer_free(struct postern_cedar_answer *answer)
{
	if (answer == NULL)
		return;
	arena_done(&answer->arena);
	free(answer);
}

/* NULL: it is decided; else why not. */
static const char *
decide(const struct postern_cedar_policies *policies, const struct postern_cedar_entities *entities,
    struct postern_cedar_request *request, struct postern_cedar_answer *answer)
{
	if (!request_close(request))
		return request->owner.fault;
	if (entities->owner.fault != NULL)
		return entities->owner.fault;
	if (entities->store == NULL)
		return "the entities are not closed";
	if (cedar_authorize(policies->set, entities->store, &request->request, &answer->arena,
		&answer->answer) == CEDAR_DECIDED)
		return NULL;
	return "the memory or the steps of an evaluation are out";
}

bool
postern_cedar_authorize(const struct postern_cedar_policies *policies,
    const struct postern_cedar_entities *entities, struct postern_cedar_request *request,
    struct postern_cedar_answer *answer)
{
	struct postern_cedar_answer own = { .decision = POSTERN_CEDAR_UNDECIDED };
	bool is_own = answer == NULL;

	if (is_own) {
		arena_init(&own.arena, API_BLOCK, API_WORK_MEMORY);
		answer = &own;
	}
	arena_reset(&answer->arena);
	answer->answer = (struct cedar_answer) { .reason_count = 0 };
	answer->decision = POSTERN_CEDAR_UNDECIDED;
	answer->fault = decide(policies, entities, request, answer);
	if (answer->fault == NULL)
		answer->decision = answer->answer.decision == CEDAR_ALLOW ? POSTERN_CEDAR_ALLOW
									  : POSTERN_CEDAR_DENY;
	if (is_own)
		arena_done(&own.arena);
	return answer->decision == POSTERN_CEDAR_ALLOW;
}

enum postern_cedar_decision
postern_cedar_answer_decision(const struct postern_cedar_answer *answer)
{
	return answer->decision;
}

const char *
postern_cedar_answer_fault(const struct postern_cedar_answer *answer)
{
	return answer->fault;
}

size_t
postern_cedar_answer_reason_count(const struct postern_cedar_answer *answer)
{
	return answer->answer.reason_count;
}

size_t
postern_cedar_answer_reason(const struct postern_cedar_answer *answer, size_t index)
{
	return answer->answer.reasons[index];
}

size_t
postern_cedar_answer_error_count(const struct postern_cedar_answer *answer)
{
	return answer->answer.error_count;
}

size_t
postern_cedar_answer_error_policy(const struct postern_cedar_answer *answer, size_t index)
{
	return answer->answer.errors[index].policy;
}

const char *
postern_cedar_answer_error_name(const struct postern_cedar_answer *answer, size_t index)
{
	return cedar_error_name(answer->answer.errors[index].error);
}
