/* See renewal.h. */
#include "process/renewal.h"

#include "core/number.h"

uint64_t
renewal_quota(uint64_t max_requests, uint64_t jitter, uint64_t chance)
{
	return max_requests == 0 ? 0 : max_requests + chance % (jitter + 1);
}

uint64_t
renewal_notice(uint64_t quota)
{
	uint64_t notice = quota / RENEWAL_NOTICE_SHARE;

	return quota - (notice < RENEWAL_NOTICE_MOST ? notice : RENEWAL_NOTICE_MOST);
}

/* Who is done keeps nobody from being served by others, so others are hired for it as well. */
struct renewal_step
renewal_decide(const struct renewal_view *view)
{
	const unsigned leavers = view->near + view->due + view->done;
	const unsigned share = view->wanted / RENEWAL_SHARE, at_once = share > 0 ? share : 1;
	const unsigned present = view->serving + view->done;
	struct renewal_step step = { 0 };
	unsigned needed;

	if (leavers == 0)
		return step;
	step.reserve = at_once;
	needed = view->wanted + number_lesser(at_once, view->near + view->due);
	step.hire = number_lesser(number_above(needed, view->serving + view->starting),
	    number_above(view->wanted + at_once, present + view->starting));
	step.dismiss =
	    number_lesser(number_above(present, view->wanted), number_above(at_once, view->going));
	step.dismiss = number_lesser(step.dismiss, view->done + view->due);
	return step;
}
