(class_declaration name: (_) @name) @class
(function_declaration name: (_) @name) @function
(generator_function_declaration name: (_) @name) @function
(method_definition name: (_) @name) @method
(variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression) (generator_function)]) @function
(variable_declarator name: (identifier) @name value: (class)) @class
(assignment_expression
  left: (member_expression property: (property_identifier) @name)
  right: [(arrow_function) (function_expression) (generator_function)]) @function
(pair key: (property_identifier) @name value: [(arrow_function) (function_expression)]) @method
(program (lexical_declaration "const" (variable_declarator name: (identifier) @name) @constant))
(program (lexical_declaration "let" (variable_declarator name: (identifier) @name) @variable))
(program (variable_declaration (variable_declarator name: (identifier) @name) @variable))
(program (export_statement (lexical_declaration "const" (variable_declarator name: (identifier) @name) @constant)))
(program (export_statement (lexical_declaration "let" (variable_declarator name: (identifier) @name) @variable)))

; uses
(call_expression function: (identifier) @use)
(new_expression constructor: (identifier) @use)
(member_expression property: (property_identifier) @use)
(import_specifier name: (identifier) @use)
(import_clause (identifier) @use)
(export_specifier name: (identifier) @use)
(shorthand_property_identifier) @word
(identifier) @word
(arrow_function parameter: (identifier) @local)
(catch_clause parameter: (identifier) @local)
(for_in_statement left: (identifier) @local)
(statement_block (lexical_declaration (variable_declarator name: (identifier) @local)))
(statement_block (variable_declaration (variable_declarator name: (identifier) @local)))
(for_statement initializer: (_ (variable_declarator name: (identifier) @local)))
(shorthand_property_identifier_pattern) @local
(comment) @comment
(decorator) @decoration
