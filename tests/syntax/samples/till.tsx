import React from "react";
import { Button } from "./Button";
export const App = ({ title }: Props) => <Panel><Button label={title} /></Panel>;
