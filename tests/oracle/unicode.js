/*
 * Asks the official engine about every character of Unicode, and prints framework/cedar/unicode.def:
 *
 *     node --no-opt tests/oracle/unicode.js build/oracle >framework/cedar/unicode.def      (half an hour)
 *
 * What it warns of shows what it knows: a name that is one character shows whether that is for
 * identifiers; a string of two, whether there is a script for both; a pattern, whether it is shown as an
 * escape there, whose letters are Latin. The sets of scripts that characters are used in follow from the
 * pairs with one letter of each script. Without --no-opt node has been seen to die under the load.
 */
'use strict';

const path = require('path');
const engine = require(path.join(path.resolve(process.argv[2]), 'node_modules/@cedar-policy/cedar-wasm/nodejs'));

/* A letter that is of this script alone, and shown as it is; the scripts are ISO 15924's. */
const LETTERS = Object.fromEntries(`
Adlm:1e900 Aghb:10530 Ahom:11700 Arab:620 Armi:10840 Armn:531 Avst:10b00 Bali:1b05 Bamu:a6a0 Bass:16ad0
Batk:1bc0 Beng:980 Bhks:11c00 Bopo:3105 Brah:11003 Brai:2800 Bugi:1a00 Buhd:1740 Cakm:11103 Cans:1401
Cari:102a0 Cham:aa00 Cher:13a0 Chrs:10fb0 Copt:3e2 Cpmn:12f90 Cprt:10800 Cyrl:400 Deva:904 Diak:11900
Dogr:11800 Dsrt:10400 Dupl:1bc00 Egyp:13000 Elba:10500 Elym:10fe0 Ethi:1200 Gara:10d4a Geor:10a0 Glag:2c00
Gong:11d60 Gonm:11d00 Goth:10330 Gran:11305 Grek:370 Gujr:a85 Gukh:16100 Guru:a05 Hang:1100 Hani:3005
Hano:1720 Hatr:108e0 Hebr:5d0 Hira:3041 Hluw:14400 Hmng:16b00 Hmnp:1e100 Hung:10c80 Ital:10300 Java:a984
Kali:a90a Kana:30a1 Kawi:11f04 Khar:10a00 Khmr:1780 Khoj:11200 Kits:18b00 Knda:c80 Krai:16d43 Kthi:11083
Lana:1a20 Laoo:e81 Latn:41 Lepc:1c00 Limb:1900 Lina:10600 Linb:10000 Lisu:a4d0 Lyci:10280 Lydi:10920
Mahj:11150 Maka:11ee0 Mand:840 Mani:10ac0 Marc:11c72 Medf:16e40 Mend:1e800 Merc:109a0 Mero:10980 Mlym:d04
Modi:11600 Mong:1820 Mroo:16a40 Mtei:aae0 Mult:11280 Mymr:1000 Nagm:1e4d0 Nand:1cfa Narb:10a80 Nbat:10880
Newa:11400 Nkoo:7ca Nshu:16fe1 Ogam:1681 Olck:1c5a Onao:1e5d0 Orkh:10c00 Orya:b05 Osge:104b0 Osma:10480
Ougr:10f70 Palm:10860 Pauc:11ac0 Perm:10350 Phag:a840 Phli:10b60 Phlp:10b80 Phnx:10900 Plrd:16f00 Prti:10b40
Rjng:a930 Rohg:10d00 Runr:16a0 Samr:800 Sarb:10a60 Saur:a882 Sgnw:1d800 Shaw:10450 Shrd:11183 Sidd:11580
Sind:112b0 Sinh:d85 Sogd:10f30 Sogo:10f00 Sora:110d0 Soyo:11a50 Sund:1b83 Sunu:11bc0 Sylo:a800 Syrc:710
Tagb:1760 Takr:11680 Tale:1950 Talu:1980 Taml:b83 Tang:16fe0 Tavt:aa80 Telu:c05 Tfng:2d30 Tglg:1700 Thaa:780
Thai:e01 Tibt:f00 Tirh:11480 Tnsa:16a70 Todr:105c0 Toto:1e290 Tutg:11380 Ugar:10380 Vaii:a500 Vith:10570
Wara:118a0 Wcho:1e2c0 Xpeo:103a0 Xsux:12000 Yezi:10e80 Yiii:a000 Zanb:11a00
`.trim().split(/\s+/).map((pair) => [pair.split(':')[0], parseInt(pair.split(':')[1], 16)]));
/* Written together: Han with each of the others. What the pairs show is told apart by these. */
const TOGETHER = { Hanb: ['Bopo'], Jpan: ['Hira', 'Kana'], Kore: ['Hang'] };
const HAN = ['Bopo', 'Hang', 'Hani', 'Hira', 'Kana'];

const CYRILLIC = 'и', LATIN = 'a', UNASSIGNED = 0x40000; /* where nothing is assigned any more */
const A_CALL = 4096; /* policies */

const schema = 'entity User; action view appliesTo { principal: [User], resource: [User], context: { s: String } };';
const text = (...codes) => codes.map((code) => typeof code === 'number' ? String.fromCodePoint(code) : code).join('');
const attribute = { '.': { left: { Var: 'context' }, attr: 's' } };
const condition = (body) => ({ effect: 'permit', principal: { op: 'All' }, action: { op: 'All' }, resource: { op: 'All' },
	conditions: [{ kind: 'when', body }] });
const FORMS = {
	name: (id) => condition({ '==': { left: { Var: 'resource' }, right: { Value: { __entity: { type: 'User', id } } } } }),
	string: (string) => condition({ '==': { left: attribute, right: { Value: string } } }),
	pattern: (string) => condition({ like: { left: attribute, pattern: [{ Literal: string }] } }),
};

/* For each text in this form, whether there is a warning with the words. */
function warned(form, texts, words) {
	const result = new Array(texts.length).fill(false);

	for (let start = 0; start < texts.length; start += A_CALL) {
		const staticPolicies = {};

		texts.slice(start, start + A_CALL).forEach((one, i) => { staticPolicies[start + i] = FORMS[form](one); });
		const answer = engine.validate({ schema, policies: { staticPolicies } });
		if (answer.type !== 'success')
			throw new Error(JSON.stringify(answer).slice(0, 1000));
		for (const warning of answer.validationWarnings)
			if (warning.error.message.includes(words))
				result[Number(warning.policyId)] = true;
	}
	return result;
}
const mixed = (texts) => warned('string', texts, 'mixed scripts');
const mixed_as_pattern = (texts) => warned('pattern', texts, 'mixed scripts');

/* Blocks so large that only those of Han's company are asked about; they go with no others. */
function is_ideograph(code) {
	return (code >= 0x3400 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7a3) || (code >= 0x20000 && code < UNASSIGNED);
}

/* Which letters go with each of the characters: '' none, not even itself; '*' all. */
function companions(codes) {
	const names = Object.keys(LETTERS), found = new Map(), some = [];
	const alone = mixed(codes.map((code) => text(code)));
	const probes = ['Latn', 'Hebr', 'Hani', 'Adlm', 'Grek'].map((name) => mixed(codes.map((code) => text(code, LETTERS[name]))));

	codes.forEach((code, i) => {
		if (alone[i])
			found.set(code, '');
		else if (probes.every((probe) => !probe[i]))
			found.set(code, '*');
		else if (is_ideograph(code) && !probes[2][i] && probes[0][i])
			found.set(code, 'Han');
		else
			some.push(code);
	});
	const han = [...found.keys()].filter((code) => found.get(code) === 'Han');
	const rest = HAN.map((name) => mixed(han.map((code) => text(code, LETTERS[name]))));
	han.forEach((code, i) => found.set(code, HAN.filter((name, k) => !rest[k][i]).join(' ')));
	for (let start = 0; start < some.length; start += 256) {
		const part = some.slice(start, start + 256);
		const apart = mixed(part.flatMap((code) => names.map((name) => text(code, LETTERS[name]))));

		part.forEach((code, i) => found.set(code, names.filter((name, k) => !apart[i * names.length + k]).join(' ')));
		if (start % 4096 === 0)
			process.stderr.write(`${start} of ${some.length}\n`);
	}
	return found;
}

/* The scripts of a character from what it goes with. */
function scripts(companions) {
	if (companions === '' || companions === '*')
		return companions;
	const names = companions.split(' '), kept = names.filter((name) => !HAN.includes(name));

	for (const [together, members] of Object.entries(TOGETHER))
		if (members.some((member) => names.includes(member)))
			kept.push(together);
	return kept.sort().join(' ');
}

/* Whether it is an escape in a pattern. Among Latin letters that makes no difference. */
function escaped(codes, sets) {
	const partner = (code) => {
		const set = sets.get(code);
		const other = set.split(' ').find((name) => name !== 'Latn');

		if (set === '')
			return LATIN;
		return set === '*' || other === undefined ? CYRILLIC : text(LETTERS[other] || LETTERS[TOGETHER[other][0]]);
	};
	const apart = mixed_as_pattern(codes.map((code) => partner(code) + text(code)));

	return codes.filter((code, i) => sets.get(code) !== 'Latn' && apart[i] === (sets.get(code) !== ''));
}

/* Runs of equal values: [[start, value]..]. */
function runs(value) {
	const found = [];

	for (let code = 0; code <= 0x10ffff; code++)
		if (found.length === 0 || found[found.length - 1][1] !== value(code))
			found.push([code, value(code)]);
	return found;
}

function wrapped(items) {
	let lines = '', line = '';

	for (const item of items) {
		if ((line + item).length > 110) {
			lines += line.trimEnd() + '\n';
			line = '';
		}
		line += item + ' ';
	}
	return lines + line.trimEnd() + '\n';
}

function main() {
	const hex = (code) => '0x' + code.toString(16);
	const codes = [];

	for (let code = 0; code < UNASSIGNED; code++)
		if (code < 0xd800 || code > 0xdfff)
			codes.push(code);
	for (let code = 0xe0000; code < 0xe1000; code++)
		codes.push(code);
	const sets = new Map([...companions(codes)].map(([code, names]) => [code, scripts(names)]));
	const escapes = new Set(escaped(codes, sets));
	const odd = new Set();
	warned('name', codes.map((code) => text(code)), 'General Security').forEach((is, i) => { if (is) odd.add(codes[i]); });
	const set_of = (code) => sets.has(code) ? sets.get(code) : '';
	const is_escape = (code) => sets.has(code) ? escapes.has(code) : true;
	const several = [...new Set([...sets.values()].filter((set) => set.includes(' ')))].sort();
	const single = [...new Set([...sets.values()].flatMap((set) => set.split(' ')))].filter((name) => name !== '' && name !== '*').sort();
	const name_of = (set) => set === '' ? 'NONE' : set === '*' ? 'ANY' : set.includes(' ') ? 'S' + several.indexOf(set) : set;

	process.stdout.write(`/*
 * Facts about characters, as the official engine has them (Unicode 16); made by tests/oracle/unicode.js.
 * See unicode.h and unicode.c.
 */
#ifdef SCRIPT /* those of ISO 15924, but that Han and what goes with it are Hanb, Jpan and Kore */
${wrapped(single.map((name) => `SCRIPT(${name})`))}#endif
#ifdef SET /* of scripts, for characters of several */
${several.map((set, i) => `SET(S${i}, ${set.split(' ').map((name) => `IN(${name})`).join(' ')})\n`).join('')}#endif
#ifdef FROM /* this character on, the set of scripts; ESCAPED: shown as an escape in patterns */
${wrapped(runs((code) => (is_escape(code) ? 'ESCAPED' : 'FROM') + ' ' + name_of(set_of(code)))
		.map(([start, value]) => `${value.split(' ')[0]}(${hex(start)}, ${value.split(' ')[1]})`))}#endif
#ifdef IDENTIFIER /* from this character to before that one, they are for identifiers; above ASCII */
${wrapped(runs((code) => code >= 0x80 && sets.has(code) && !odd.has(code) && !is_direction(code))
		.reduce((pairs, [start, is], i, all) => is ? [...pairs, `IDENTIFIER(${hex(start)}, ${hex(all[i + 1][0])})`] : pairs, []))}#endif
`);
}

/* Of these there is another warning. */
function is_direction(code) {
	return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

main();
