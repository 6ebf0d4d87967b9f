"""Which nodes of the grammars are definitions, and what they are called. Data of `grammars.py`."""

# Language: each grammar that may read it, as module and function. Whether a header is C or C++, nobody says.
GRAMMARS = {
    "c": (("tree_sitter_c", "language"),),
    "cpp": (("tree_sitter_cpp", "language"),),
    "go": (("tree_sitter_go", "language"),),
    "header": (("tree_sitter_cpp", "language"), ("tree_sitter_c", "language")),
    "java": (("tree_sitter_java", "language"),),
    "javascript": (("tree_sitter_javascript", "language"),),
    "rust": (("tree_sitter_rust", "language"),),
    "tsx": (("tree_sitter_typescript", "language_tsx"),),
    "typescript": (("tree_sitter_typescript", "language_typescript"),),
}
KINDS = {
    "abstract_class_declaration": "class",
    "abstract_method_signature": "method",
    "annotation_type_declaration": "annotation",
    "class_declaration": "class",
    "class_specifier": "class",
    "compact_constructor_declaration": "constructor",
    "constructor_declaration": "constructor",
    "enum_declaration": "enum",
    "enum_item": "enum",
    "enum_specifier": "enum",
    "function_declaration": "function",
    "function_definition": "function",
    "function_item": "function",
    "function_signature": "function",
    "function_signature_item": "function",
    "generator_function_declaration": "function",
    "interface_declaration": "interface",
    "internal_module": "namespace",
    "macro_definition": "macro",
    "method_declaration": "method",
    "method_definition": "method",
    "mod_item": "module",
    "namespace_definition": "namespace",
    "record_declaration": "record",
    "struct_item": "struct",
    "struct_specifier": "struct",
    "trait_item": "trait",
    "type_alias_declaration": "type",
    "type_definition": "type",
    "type_item": "type",
    "type_spec": "type",
    "union_item": "union",
    "union_specifier": "union",
}
ONLY_WITH_BODY = frozenset({"enum_specifier", "struct_specifier", "union_specifier", "class_specifier"})
VARIABLES = frozenset({"lexical_declaration", "variable_declaration", "public_field_definition", "field_definition"})
FUNCTION_VALUES = frozenset({"arrow_function", "function_expression", "generator_function", "class"})
# What stands around a definition and belongs to it when it holds that one alone.
WRAPPERS = frozenset(
    {"export_statement", "template_declaration", "ambient_declaration", "expression_statement", "type_declaration"}
)
OPEN = frozenset(
    {"preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif", "linkage_specification", "declaration_list"}
)
SCOPES = frozenset({"class", "interface", "enum", "record", "annotation", "struct", "trait", "union"})
PLACES = frozenset({"module", "namespace"})
DECORATIONS = frozenset({"decorator", "attribute_item", "annotation", "marker_annotation"})
COMMENTS = frozenset({"comment", "line_comment", "block_comment"})
BESIDE = DECORATIONS | COMMENTS
# Their lines are part of a value; Java's text blocks are read without their common indentation.
STRINGS = frozenset({"template_string", "raw_string_literal", "string_literal"})
NAMES = frozenset(
    {"identifier", "field_identifier", "type_identifier", "qualified_identifier", "destructor_name", "operator_name"}
)
