/** `/api/users`, `/api/tokens`: the accounts of people and the tokens of programs are listed, made, changed and removed. */
import {
  tokenRequest,
  tokensAnswer,
  tokenWithSecret,
  userAnswer,
  userPatch,
  userRequest,
  usersAnswer,
} from "../../contract/access.ts";
import type { Accounts } from "../../core/access/accounts.ts";
import { EMPTY, json, type Route, route } from "../declaration/route.ts";
import { needed, outcomeIn } from "./session-routes.ts";

export interface AccessParts {
  /** Undefined: there are no accounts, and everybody may do everything. */
  readonly accounts: Accounts | undefined;
}

export const ACCESS_ROUTES: readonly Route<AccessParts>[] = [
  route({
    method: "get",
    path: "/api/users",
    level: "owner",
    summary: "the accounts",
    answer: json(usersAnswer),
    handle: ({ accounts }: AccessParts) => ({ users: needed(accounts).users() }),
  }),
  route({
    method: "post",
    path: "/api/users",
    level: "owner",
    summary: "makes an account",
    body: userRequest,
    answer: json(userAnswer, 201),
    handle: async ({ accounts }: AccessParts, { body: { name, password, role }, response }) =>
      outcomeIn(response, await needed(accounts).addUser(name, password, role)),
  }),
  route({
    method: "patch",
    path: "/api/users/:id",
    level: "owner",
    summary: "changes its role or password",
    body: userPatch,
    answer: json(userAnswer),
    handle: async ({ accounts }: AccessParts, { params, body: { role, password }, response }) => {
      const patch = { ...(role !== undefined && { role }), ...(password !== undefined && { password }) };
      return outcomeIn(response, await needed(accounts).changeUser(params.id, patch));
    },
  }),
  route({
    method: "delete",
    path: "/api/users/:id",
    level: "owner",
    summary: "removes it",
    answer: EMPTY,
    handle: async ({ accounts }: AccessParts, { params, response }) =>
      outcomeIn(response, await needed(accounts).removeUser(params.id)),
  }),
  route({
    method: "get",
    path: "/api/tokens",
    level: "owner",
    summary: "the tokens",
    answer: json(tokensAnswer),
    handle: ({ accounts }: AccessParts) => ({ tokens: needed(accounts).tokens() }),
  }),
  route({
    method: "post",
    path: "/api/tokens",
    level: "owner",
    summary: "makes a token; only this answer has the `secret`",
    body: tokenRequest,
    answer: json(tokenWithSecret, 201),
    handle: ({ accounts }: AccessParts, { body: { name, scope, days } }) =>
      needed(accounts).addToken(name, scope, days),
  }),
  route({
    method: "delete",
    path: "/api/tokens/:id",
    level: "owner",
    summary: "revokes it",
    answer: EMPTY,
    handle: async ({ accounts }: AccessParts, { params, response }) =>
      outcomeIn(response, await needed(accounts).removeToken(params.id)),
  }),
];
