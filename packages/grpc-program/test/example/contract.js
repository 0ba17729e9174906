import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

export const { Echo } = loadPackageDefinition(loadSync(`${import.meta.dirname}/echo.proto`)).echo;
