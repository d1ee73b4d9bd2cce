/*
 * The official Cedar engine as a server: one JSON line in, one JSON line out, in order.
 *
 *     node oracle.js FOLDER        FOLDER holds the node_modules of package-lock.json
 *
 * A line is {"op": NAME, ...}; the operations stand in `operations` below. Every part of a question
 * (policies, schema, entities, context, uids) is a string with the *raw* JSON text of that part, and
 * reaches the engine byte for byte: the engine's JavaScript glue does nothing but JSON.stringify() its
 * argument, which is taught here to pass raw text on. So 64-bit integers stay whole, and a repeated
 * key is the engine's to refuse.
 *
 * The WebAssembly build can die of deep nesting and stays broken afterwards. Then the answer is
 * {"crash": TEXT} and the process ends with 3: whoever asks starts another one.
 */
'use strict';

const path = require('path');
const readline = require('readline');
const engine = require(path.join(path.resolve(process.argv[2]), 'node_modules/@cedar-policy/cedar-wasm/nodejs'));

class Raw {
	constructor(text) {
		this.text = text;
	}
}
const stringify = JSON.stringify;
JSON.stringify = (value, ...rest) => value instanceof Raw ? value.text : stringify(value, ...rest);

/* The engine's answers pass through here; as text they still hold integers whole. */
const parse = JSON.parse;
let last_parsed = '';
JSON.parse = (text, ...rest) => {
	last_parsed = text;
	return parse(text, ...rest);
};

class Crash extends Error {
}

/* A call's argument from raw parts. What is no JSON at all would change the text around it. */
function raw(parts) {
	const members = [];

	for (const [name, text] of Object.entries(parts)) {
		if (text === null || text === undefined)
			continue;
		JSON.parse(text);
		members.push(stringify(name) + ':' + text);
	}
	return new Raw('{' + members.join(',') + '}');
}

/* The answer of the engine, or {type: "failure"}; its glue throws what the call's own JSON reader refuses. */
function call(name, ...makers) {
	try {
		return engine[name](...makers.map((make) => make()));
	} catch (error) {
		if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError)
			throw new Crash(String(error));
		return { type: 'failure', errors: [{ message: String(error.message) }] };
	}
}

function whole(text) {
	return () => {
		JSON.parse(text);
		return new Raw(text);
	};
}

/* A conversion: the engine's own answer, as text. */
function convert(name, ...makers) {
	const answer = call(name, ...makers);

	return answer.type === 'success' ? last_parsed : stringify(answer);
}

function verdict(answer) {
	if (answer.type === 'success')
		return { ok: true };
	return { ok: false, message: (answer.errors || []).map((error) => error.message).join('; ') };
}

function validate(question) {
	const answer = call('validate', () => raw({ schema: question.schema, policies: question.policies }));
	const ids = (findings) => findings.map((finding) => finding.policyId);
	const texts = (findings) => findings.map((finding) => finding.policyId + ': ' + finding.error.message);

	if (answer.type !== 'success')
		return verdict(answer);
	return {
		ok: true,
		errors: ids(answer.validationErrors),
		warnings: ids(answer.validationWarnings),
		texts: texts(answer.validationErrors).concat(texts(answer.validationWarnings)),
	};
}

/* What of a request was refused: its uids and their fit to the schema ("request"), or its context. */
function refusal(request, schema, answer) {
	const message = verdict(answer).message;
	const about = (context) => verdict(call('checkParseContext', () => raw({ context, schema, action: request.action })));

	if (/^(failed to parse )?(principal|action|resource)/.test(message) || /^action/.test(about('{}').message))
		return { rejected: 'request', message };
	return { rejected: about(request.context).ok ? 'request' : 'context', message };
}

function ask(question, request) {
	const answer = call('statefulIsAuthorized', () => raw({
		principal: request.principal, action: request.action, resource: request.resource, context: request.context,
		preparsedSchemaName: question.schema === null ? null : '"s"', validateRequest: stringify(request.validateRequest),
		preparsedPolicySetId: '"p"', entities: question.entities,
	}));

	if (answer.type !== 'success')
		return refusal(request, question.schema, answer);
	return {
		decision: answer.response.decision,
		reason: answer.response.diagnostics.reason,
		errors: answer.response.diagnostics.errors.map((error) => error.policyId),
	};
}

/*
 * {"schema": raw or null, "policies": raw, "entities": raw, "requests": [{"principal", "action", "resource",
 * "context": raw, "validateRequest": bool}]}: a verdict for each part and an answer for each request.
 */
function decide(question) {
	const answer = {
		policies: verdict(call('preparsePolicySet', () => 'p', whole(question.policies))),
		schema: { ok: true }, entities: { ok: true }, requests: [],
	};

	if (question.schema !== null)
		answer.schema = verdict(call('preparseSchema', () => 's', whole(question.schema)));
	if (!answer.policies.ok || !answer.schema.ok)
		return answer;
	answer.requests = question.requests.map((request) => ask(question, request));
	if (answer.requests.some((one) => one.rejected !== undefined))
		answer.entities = verdict(call('checkParseEntities', () => raw({ entities: question.entities, schema: question.schema })));
	if (question.schema !== null)
		answer.validation = validate(question);
	return answer;
}

/* Policies without templates, in the order of their text; {text}. The engine sorts parts by their ids, policy0, policy1, policy10, .. */
function texts_to_json(question) {
	const parts = call('policySetTextToParts', () => question.text);

	if (parts.type !== 'success')
		return parts;
	const order = parts.policies.map((_, place) => place).sort((a, b) => 'policy' + a < 'policy' + b ? -1 : 1);
	const json = [];
	parts.policies.forEach((text, place) => {
		json[order[place]] = convert('policyToJson', () => text);
	});
	return { type: 'success', raw: json };
}

const operations = {
	decide,
	validate,
	check_policies: (question) => verdict(call('checkParsePolicySet', whole(question.policies))),
	check_schema: (question) => verdict(call('checkParseSchema', whole(question.schema))),
	check_entities: (question) =>
		verdict(call('checkParseEntities', () => raw({ entities: question.entities, schema: question.schema }))),
	/* Conversions: {"policy"}, {"template"}, {"schema"}, raw, in either format; the engine's own answers, JSON as {"raw": [texts]}. */
	policy_to_json: (question) => ({ raw: [convert('policyToJson', whole(question.policy))] }),
	policy_to_text: (question) => call('policyToText', whole(question.policy)),
	template_to_json: (question) => ({ raw: [convert('templateToJson', whole(question.template))] }),
	template_to_text: (question) => call('templateToText', whole(question.template)),
	texts_to_json,
	schema_to_json: (question) => call('schemaToJson', whole(question.schema)),
	schema_to_resolved_json: (question) => call('schemaToJsonWithResolvedTypes', () => question.text),
	schema_to_text: (question) => call('schemaToText', whole(question.schema)),
	format: (question) => call('formatPolicies', () => ({ policyText: question.text })),
	version: () => ({ engine: engine.getCedarVersion(), language: engine.getCedarLangVersion() }),
};

function answer_line(line) {
	try {
		const question = JSON.parse(line);

		return operations[question.op](question);
	} catch (error) {
		if (!(error instanceof Crash))
			throw error;
		return { crash: error.message };
	}
}

readline.createInterface({ input: process.stdin, terminal: false }).on('line', (line) => {
	const answer = answer_line(line);

	process.stdout.write(stringify(answer) + '\n', () => {
		if (answer.crash !== undefined)
			process.exit(3);
	});
});
