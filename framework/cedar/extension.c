/*
 * See extension.h. One table says of which kinds the operands of each call are; one switch does
 * the call.
 */
#include "cedar/extension.h"

#include <stdio.h>

#include "cedar/calls.h"
#include "cedar/value.h"

static const struct extension_signature signatures[CALL_COUNT] = {
	[CALL_LESS_THAN] = { { CEDAR_DECIMAL, CEDAR_DECIMAL }, CEDAR_BOOL },
	[CALL_LESS_THAN_OR_EQUAL] = { { CEDAR_DECIMAL, CEDAR_DECIMAL }, CEDAR_BOOL },
	[CALL_GREATER_THAN] = { { CEDAR_DECIMAL, CEDAR_DECIMAL }, CEDAR_BOOL },
	[CALL_GREATER_THAN_OR_EQUAL] = { { CEDAR_DECIMAL, CEDAR_DECIMAL }, CEDAR_BOOL },
	[CALL_IS_IPV4] = { { CEDAR_IPADDR }, CEDAR_BOOL },
	[CALL_IS_IPV6] = { { CEDAR_IPADDR }, CEDAR_BOOL },
	[CALL_IS_LOOPBACK] = { { CEDAR_IPADDR }, CEDAR_BOOL },
	[CALL_IS_MULTICAST] = { { CEDAR_IPADDR }, CEDAR_BOOL },
	[CALL_IS_IN_RANGE] = { { CEDAR_IPADDR, CEDAR_IPADDR }, CEDAR_BOOL },
	[CALL_OFFSET] = { { CEDAR_DATETIME, CEDAR_DURATION }, CEDAR_DATETIME },
	[CALL_DURATION_SINCE] = { { CEDAR_DATETIME, CEDAR_DATETIME }, CEDAR_DURATION },
	[CALL_TO_DATE] = { { CEDAR_DATETIME }, CEDAR_DATETIME },
	[CALL_TO_TIME] = { { CEDAR_DATETIME }, CEDAR_DURATION },
	[CALL_TO_MILLISECONDS] = { { CEDAR_DURATION }, CEDAR_LONG },
	[CALL_TO_SECONDS] = { { CEDAR_DURATION }, CEDAR_LONG },
	[CALL_TO_MINUTES] = { { CEDAR_DURATION }, CEDAR_LONG },
	[CALL_TO_HOURS] = { { CEDAR_DURATION }, CEDAR_LONG },
	[CALL_TO_DAYS] = { { CEDAR_DURATION }, CEDAR_LONG },
	[CALL_IP] = { { CEDAR_STRING }, CEDAR_IPADDR },
	[CALL_DECIMAL] = { { CEDAR_STRING }, CEDAR_DECIMAL },
	[CALL_DATETIME] = { { CEDAR_STRING }, CEDAR_DATETIME },
	[CALL_DURATION] = { { CEDAR_STRING }, CEDAR_DURATION },
};

const struct extension_signature *
extension_signature(enum call call)
{
	return &signatures[call];
}

static enum cedar_error
check_operands(enum call call, const struct cedar_value *operands, size_t count)
{
	if (call == CALL_UNKNOWN || !call_traits(call)->is_extension)
		return CEDAR_ERROR_EXTENSION;
	if (count != call_traits(call)->operands)
		return CEDAR_ERROR_ARITY;
	for (size_t i = 0; i < count; i++)
		if (operands[i].kind != signatures[call].operands[i])
			return CEDAR_ERROR_TYPE;
	return CEDAR_ERROR_NONE;
}

/* What the switch below has found: a value of the kind that the table says. */
static enum cedar_error
number_result(enum call call, int64_t number, struct cedar_value *ret)
{
	*ret = (struct cedar_value) { signatures[call].result, .as.number = number };
	return CEDAR_ERROR_NONE;
}

static enum cedar_error
checked_result(enum call call, bool is_good, const int64_t *number, struct cedar_value *ret)
{
	return is_good ? number_result(call, *number, ret) : CEDAR_ERROR_EXTENSION;
}

static enum cedar_error
boolean_result(bool boolean, struct cedar_value *ret)
{
	*ret = value_boolean(boolean);
	return CEDAR_ERROR_NONE;
}

static enum cedar_error
construct(enum call call, struct slice text, struct cedar_ip *room, struct cedar_value *ret)
{
	int64_t number = 0;

	switch (call) {
	case CALL_DECIMAL:
		return checked_result(call, decimal_parse(text, &number), &number, ret);
	case CALL_DATETIME:
		return checked_result(call, datetime_parse(text, &number), &number, ret);
	case CALL_DURATION:
		return checked_result(call, duration_parse(text, &number), &number, ret);
	default:
		if (!ipaddr_parse(text, room))
			return CEDAR_ERROR_EXTENSION;
		*ret = (struct cedar_value) { CEDAR_IPADDR, .as.ip = room };
		return CEDAR_ERROR_NONE;
	}
}

static enum cedar_error
ask_address(enum call call, const struct cedar_value *operands, struct cedar_value *ret)
{
	const struct cedar_ip *ip = operands[0].as.ip;

	switch (call) {
	case CALL_IS_IPV4:
		return boolean_result(!ip->is_v6, ret);
	case CALL_IS_IPV6:
		return boolean_result(ip->is_v6, ret);
	case CALL_IS_LOOPBACK:
		return boolean_result(ipaddr_is_loopback(ip), ret);
	case CALL_IS_MULTICAST:
		return boolean_result(ipaddr_is_multicast(ip), ret);
	default:
		return boolean_result(ipaddr_is_in_range(ip, operands[1].as.ip), ret);
	}
}

/* Decimals, datetimes and durations: a number first, often another one. */
static enum cedar_error
calculate(enum call call, int64_t a, int64_t b, struct cedar_value *ret)
{
	int64_t result = 0;

	switch (call) {
	case CALL_LESS_THAN:
		return boolean_result(a < b, ret);
	case CALL_LESS_THAN_OR_EQUAL:
		return boolean_result(a <= b, ret);
	case CALL_GREATER_THAN:
		return boolean_result(a > b, ret);
	case CALL_GREATER_THAN_OR_EQUAL:
		return boolean_result(a >= b, ret);
	case CALL_OFFSET:
		return checked_result(call, !__builtin_add_overflow(a, b, &result), &result, ret);
	case CALL_DURATION_SINCE:
		return checked_result(call, !__builtin_sub_overflow(a, b, &result), &result, ret);
	case CALL_TO_DATE:
		return checked_result(call, datetime_date(a, &result), &result, ret);
	case CALL_TO_TIME:
		return number_result(call, datetime_time(a), ret);
	case CALL_TO_MILLISECONDS:
		return number_result(call, a, ret);
	case CALL_TO_SECONDS:
		return number_result(call, a / 1000, ret);
	case CALL_TO_MINUTES:
		return number_result(call, a / 60000, ret);
	case CALL_TO_HOURS:
		return number_result(call, a / 3600000, ret);
	case CALL_TO_DAYS:
		return number_result(call, a / 86400000, ret);
	default:
		return CEDAR_ERROR_EXTENSION;
	}
}

enum cedar_error
extension_apply(enum call call, const struct cedar_value *operands, size_t count,
    struct cedar_ip *room, struct cedar_value *ret_value)
{
	enum cedar_error error = check_operands(call, operands, count);

	if (error != CEDAR_ERROR_NONE)
		return error;
	if (operands[0].kind == CEDAR_STRING)
		return construct(call, operands[0].as.string, room, ret_value);
	if (operands[0].kind == CEDAR_IPADDR)
		return ask_address(call, operands, ret_value);
	return calculate(
	    call, operands[0].as.number, count > 1 ? operands[1].as.number : 0, ret_value);
}

enum call
extension_constructor(enum cedar_kind kind)
{
	switch (kind) {
	case CEDAR_DECIMAL:
		return CALL_DECIMAL;
	case CEDAR_DATETIME:
		return CALL_DATETIME;
	case CEDAR_DURATION:
		return CALL_DURATION;
	case CEDAR_IPADDR:
		return CALL_IP;
	default:
		return CALL_UNKNOWN;
	}
}

const char *
extension_type_name(enum cedar_kind kind)
{
	enum call constructor = extension_constructor(kind);

	if (constructor == CALL_IP)
		return "ipaddr";
	return constructor == CALL_UNKNOWN ? NULL : call_traits(constructor)->name;
}

size_t
extension_text(struct cedar_value value, char room[EXTENSION_MAX_TEXT])
{
	switch (value.kind) {
	case CEDAR_DECIMAL:
		return decimal_text(value.as.number, room);
	case CEDAR_DATETIME:
		return datetime_text(value.as.number, room);
	case CEDAR_DURATION:
		return (size_t)snprintf(
		    room, EXTENSION_MAX_TEXT, "%lldms", (long long)value.as.number);
	case CEDAR_IPADDR:
		return ipaddr_text(value.as.ip, room);
	default:
		return 0;
	}
}
