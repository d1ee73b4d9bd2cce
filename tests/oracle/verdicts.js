/*
 * The policies, expressions, literals and schemas of tests/unit/cedar/verdicts, asked of the official
 * engine: whether it makes of each text what stands before it.
 *
 *     node verdicts.js FOLDER VERDICTS        FOLDER holds the node_modules of package-lock.json
 *
 * The world is the one of world_fill() in tests/unit/cedar/world.c.
 */
'use strict';

const fs = require('fs');
const path = require('path');
const [modules, folder] = process.argv.slice(2);
const engine = require(path.join(path.resolve(modules), 'node_modules/@cedar-policy/cedar-wasm/nodejs'));

const uid = (type, id) => ({ type, id });
const reference = (type, id) => ({ __entity: uid(type, id) });
const extension = (fn, arg) => ({ __extn: { fn, arg } });

const entities = [
	{
		uid: uid('User', 'alice'),
		attrs: {
			age: 30,
			name: 'Alice',
			nested: { a: { b: 1 } },
			friend: reference('User', 'bob'),
			list: [1, 2, 3],
			'odd name': true,
			address: extension('ip', '10.1.2.3'),
			born: extension('datetime', '1996-02-29'),
			share: extension('decimal', '0.25'),
			session: extension('duration', '1h30m'),
		},
		parents: [uid('Group', 'staff')],
		tags: { role: 'admin', '': [1], n: 5, on: true, key: 'n' },
	},
	{ uid: uid('User', 'bob'), attrs: {}, parents: [] },
	{ uid: uid('Group', 'staff'), attrs: {}, parents: [uid('Group', 'all')] },
	{ uid: uid('Photo', 'p'), attrs: { owner: reference('User', 'alice') }, parents: [], tags: { k: 1 } },
	{ uid: uid('Action', 'view'), attrs: {}, parents: [uid('Action', 'read')] },
];
const context = {
	n: 5,
	flag: true,
	text: 'a.b',
	from: extension('ip', '192.0.2.7'),
	now: extension('datetime', '2026-07-30T08:09:10.123Z'),
};

/* Our names of errors in the engine's words; of extensions first, since they overflow too. */
const error_words = [
	['arity', 'wrong number of arguments'],
	['extension', 'extension function'],
	['missing_attribute', 'does not have the attribute'],
	['missing_tag', 'does not have the tag'],
	['missing_entity', 'does not exist'],
	['type', 'type error'],
	['overflow', 'overflow'],
];

function name_of_error(message) {
	const words = message.split('`policy0`: ').pop();
	const known = error_words.find(([, said]) => words.includes(said));

	return known === undefined ? words : known[0];
}

function evaluate(text) {
	const answer = engine.isAuthorized({
		principal: uid('User', 'alice'),
		action: uid('Action', 'view'),
		resource: uid('Photo', 'p'),
		context,
		entities,
		policies: { staticPolicies: 'permit(principal, action, resource) when {' + text + '\n};' },
	});

	if (answer.type !== 'success')
		return 'refused';
	if (answer.response.diagnostics.errors.length > 0)
		return 'error ' + name_of_error(answer.response.diagnostics.errors[0].error.message);
	return answer.response.decision === 'allow' ? 'true' : 'false';
}

function judge_literal(text) {
	const verdicts = { true: 'value', 'error extension': 'none' };

	return verdicts[evaluate(text + ' == ' + text)];
}

function judge_policies(text) {
	return engine.policySetTextToParts(text).type === 'success' ? 'taken' : 'refused';
}

function judge_schema(text) {
	return engine.checkParseSchema(text).type === 'success' ? 'taken' : 'refused';
}

/* The glue turns its argument into text with JSON.stringify(), which would lose a repeated key. */
function with_raw_text(text, judge) {
	const stringify = JSON.stringify;

	JSON.stringify = () => text;
	try {
		return judge({});
	} catch (error) {
		return 'refused';
	} finally {
		JSON.stringify = stringify;
	}
}

function judge_schema_json(text) {
	return with_raw_text(text, judge_schema);
}

/* Policies in JSON: "KIND | TEXT", where most kinds are a part that stands in a policy (tests/unit/cedar/test_policies_json.c). */
const all = '{"op":"All"}';

function policy_with(part) {
	const { principal = all, action = all, resource = all, conditions = '[]', annotations = '{}' } = part;

	return `{"effect":"permit","principal":${principal},"action":${action},"resource":${resource},` +
		`"conditions":${conditions},"annotations":${annotations}}`;
}

const parts_of_policies = {
	policy: (text) => text,
	template: (text) => text,
	entity: (text) => policy_with({ principal: `{"op":"==","entity":${text}}` }),
	expression: (text) => policy_with({ conditions: `[{"kind":"when","body":${text}}]` }),
};

function judge_policy_json(line) {
	const bar = line.indexOf(' | ');
	const words = line.slice(0, bar).split(' ');
	const part = words[words.length - 1], text = line.slice(bar + 3);
	const wrap = parts_of_policies[part] || ((inner) => policy_with({ [part]: inner }));
	const ask = part === 'set' ? engine.checkParsePolicySet : words[0] === 'template' ? engine.templateToJson : engine.policyToJson;
	const answer = (raw) => with_raw_text(raw, (value) => ask(value).type === 'success' ? 'taken' : 'refused');

	return answer(part === 'set' ? text : wrap(text));
}

const judges = {
	'expressions.txt': evaluate,
	'extensions.txt': evaluate,
	'literals.txt': judge_literal,
	'policies.txt': judge_policies,
	'policies_json.txt': judge_policy_json,
	'schemas.txt': judge_schema,
	'schemas_json.txt': judge_schema_json,
};

let count = 0, wrong = 0;

for (const [name, judge] of Object.entries(judges))
	for (const line of fs.readFileSync(path.join(folder, name), 'utf8').split('\n')) {
		const bar = line.indexOf(' | ');
		const text = line.slice(bar + 3).replaceAll('\u240a', '\n');

		if (bar < 0 || line.startsWith('#'))
			continue;
		count++;
		const found = judge(text), expected = line.slice(0, bar);
		if (found !== (expected === 'only theirs' ? 'taken' : expected)) {
			wrong++;
			console.log(`${name}: the official engine says ${found}: ${line}`);
		}
	}
console.log(`verdicts: ${count} texts, ${wrong} that the official engine judges otherwise`);
process.exitCode = count > 3600 && wrong === 0 ? 0 : 1;
