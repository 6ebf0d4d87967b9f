"""What the nodes of the grammars mean for those who measure functions. Data of `grammar_measures.py`."""

ROLES = {
    "function": "function_declaration generator_function_declaration method_definition function_definition "
    "function_item method_declaration constructor_declaration compact_constructor_declaration",
    # Without a name of their own; one that is given a name where it stands counts as a function.
    "lambda": "function_expression generator_function arrow_function lambda_expression func_literal closure_expression",
    "branch": "if_statement if_expression ternary_expression conditional_expression for_statement for_in_statement "
    "for_range_loop enhanced_for_statement while_statement do_statement for_expression while_expression "
    "loop_expression catch_clause",
    "switch": "switch_statement switch_expression expression_switch_statement type_switch_statement select_statement "
    "match_expression",
    "case": "switch_case case_statement expression_case type_case communication_case switch_label match_arm",
    "else": "else_clause",
    "jump": "goto_statement break_statement continue_statement break_expression continue_expression",
    "call": "call_expression method_invocation",
    # What has a name that stands before those of the functions in it, and where functions are given one.
    "scope": "class_declaration abstract_class_declaration interface_declaration enum_declaration record_declaration "
    "class_specifier struct_specifier union_specifier namespace_definition trait_item impl_item mod_item "
    "internal_module",
    "given": "variable_declarator field_definition public_field_definition pair assignment_expression",
    "comment": "comment line_comment block_comment",
    "string": "string template_string interpreted_string_literal raw_string_literal rune_literal string_literal "
    "char_literal character_literal system_lib_string",
}
ROLE_OF = {kind: role for role, kinds in ROLES.items() for kind in kinds.split()}

RUNS = ("&&", "||", "??")
IFS = frozenset({"if_statement", "if_expression"})
OWN = ("this.", "this->", "self.", "Self::")
"""What stands before the name of a method of the same object or type."""

LABELS = frozenset({"statement_identifier", "label_name", "label", "identifier"})
"""What a jump names; one without a name goes where everybody expects."""

NO_PARAMETERS = frozenset({"self_parameter", "comment", "line_comment", "block_comment", "receiver_parameter"})
