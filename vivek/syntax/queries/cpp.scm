(function_definition declarator: (reference_declarator (function_declarator declarator: (_) @name))) @function
(field_declaration declarator: (function_declarator declarator: (field_identifier) @name)) @method
(field_declaration declarator: (pointer_declarator declarator: (function_declarator declarator: (field_identifier) @name))) @method
(field_declaration declarator: (reference_declarator (function_declarator declarator: (field_identifier) @name))) @method
(class_specifier name: (_) @name body: (_)) @class
(namespace_definition name: (_) @name) @namespace
(alias_declaration name: (type_identifier) @name) @type
(concept_definition name: (identifier) @name) @concept

; uses
(namespace_identifier) @use
(qualified_identifier name: (identifier) @use)
(template_function name: (identifier) @use)
(call_expression function: (field_expression field: (template_method name: (field_identifier) @use)))
(parameter_declaration declarator: (reference_declarator (identifier) @local))
(for_range_loop declarator: (identifier) @local)
