/*
 * The same as cedar_postern.c with the official engine in WebAssembly, its policies parsed before the clock starts
 * (preparsePolicySet, statefulIsAuthorized). Its calls take entities as JSON: those that the request needs, or with
 * `all` the whole store.
 *
 *     node --no-liftoff cedar_official.js NODE_MODULES FOLDER SECONDS needed|all
 */
'use strict';

const fs = require('fs');
const path = require('path');
const [modules, folder, seconds, which] = process.argv.slice(2);
const engine = require(path.resolve(modules, '@cedar-policy/cedar-wasm/nodejs'));
const read = (name) => fs.readFileSync(path.join(folder, name), 'utf8');
const all = JSON.parse(read('entities.json'));

const parsed = engine.preparsePolicySet('p', { staticPolicies: read('policies.cedar') });
if (parsed.type !== 'success')
	throw new Error(JSON.stringify(parsed));

const calls = read('requests.jsonl').split('\n').filter((line) => line !== '').map((line) => {
	const { principal, action, resource, context, entities } = JSON.parse(line);

	return { principal, action, resource, context, entities: which === 'all' ? all : entities, preparsedPolicySetId: 'p' };
});

function ask(call) {
	const answer = engine.statefulIsAuthorized(call);

	if (answer.type !== 'success')
		throw new Error(JSON.stringify(answer));
	return answer.response;
}

/* Seconds of the processor: what others do on the machine does not count. */
function now() {
	const { user, system } = process.cpuUsage();

	return (user + system) / 1e6;
}

function perSecond() {
	for (let rounds = 1; ; rounds *= 2) {
		const began = now();

		for (let round = 0; round < rounds; round++)
			calls.forEach(ask);
		const took = now() - began;
		if (took >= Number(seconds) / 2)
			return rounds * calls.length / took;
	}
}

for (const began = now(); now() - began < Number(seconds) / 2;)
	calls.forEach(ask); // compiles what is used, for good: --no-liftoff
const speed = perSecond();
const answers = calls.map(ask).map(({ decision, diagnostics }) =>
	[decision, diagnostics.reason, diagnostics.errors.map((error) => error.policyId)]);
console.log(JSON.stringify({ per_s: speed, answers }));
