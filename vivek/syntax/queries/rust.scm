(impl_item
  type: [
    (type_identifier) @of
    (generic_type type: (type_identifier) @of)
    (scoped_type_identifier name: (type_identifier) @of)]
  body: (declaration_list [(function_item name: (identifier) @name) (const_item name: (identifier) @name)] @method))
(trait_item body: (declaration_list [
  (function_item name: (identifier) @name)
  (function_signature_item name: (identifier) @name)] @method))
(function_item name: (identifier) @name) @function
(function_signature_item name: (identifier) @name) @function
(struct_item name: (type_identifier) @name) @struct
(enum_item name: (type_identifier) @name) @enum
(union_item name: (type_identifier) @name) @union
(trait_item name: (type_identifier) @name) @trait
(type_item name: (type_identifier) @name) @type
(mod_item name: (identifier) @name body: (_)) @module
(const_item name: (identifier) @name) @constant
(static_item name: (identifier) @name) @constant
(macro_definition name: (identifier) @name) @macro

; uses
(call_expression function: (identifier) @use)
(field_expression field: (field_identifier) @use)
(scoped_identifier name: (identifier) @use)
(scoped_identifier path: (identifier) @use)
(macro_invocation macro: (identifier) @use)
(type_identifier) @use
(identifier) @word
(parameter pattern: (identifier) @local)
(let_declaration pattern: (identifier) @local)
(closure_parameters (identifier) @local)
(for_expression pattern: (identifier) @local)
(match_pattern (identifier) @local)
(tuple_struct_pattern (identifier) @local)
(line_comment) @comment
(block_comment) @comment
(attribute_item) @decoration
