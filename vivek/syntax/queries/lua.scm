(function_declaration name: (identifier) @name) @function
(function_declaration name: (dot_index_expression table: (identifier) @of field: (identifier) @name)) @function
(function_declaration name: (method_index_expression table: (identifier) @of method: (identifier) @name)) @method
(assignment_statement
  (variable_list name: (identifier) @name) (expression_list value: (function_definition))) @function
(assignment_statement
  (variable_list name: (dot_index_expression table: (identifier) @of field: (identifier) @name))
  (expression_list value: (function_definition))) @function
(chunk (variable_declaration (assignment_statement (variable_list name: (identifier) @name)
  (expression_list value: [(number) (string) (table_constructor) (true) (false) (binary_expression)]))) @variable)

; uses
(function_call name: (identifier) @use)
(function_call name: (dot_index_expression field: (identifier) @use))
(function_call name: (method_index_expression method: (identifier) @use))
(dot_index_expression field: (identifier) @use)
(identifier) @word
(parameters name: (identifier) @local)
(variable_declaration (variable_list name: (identifier) @local))
(variable_declaration (assignment_statement (variable_list name: (identifier) @local)))
(for_generic_clause (variable_list name: (identifier) @local))
(for_numeric_clause name: (identifier) @local)
(comment) @comment
