(class_declaration name: (name) @name) @class
(interface_declaration name: (name) @name) @interface
(trait_declaration name: (name) @name) @trait
(enum_declaration name: (name) @name) @enum
(function_definition name: (name) @name) @function
(method_declaration name: (name) @name) @method
(const_declaration (const_element (name) @name)) @constant
(function_call_expression function: (name) @call (#eq? @call "define")
  arguments: (arguments . (argument (string (string_content) @name)))) @constant

; uses
(function_call_expression function: (name) @use)
(member_call_expression name: (name) @use)
(nullsafe_member_call_expression name: (name) @use)
(scoped_call_expression name: (name) @use)
(scoped_call_expression scope: (name) @use)
(class_constant_access_expression (name) @use)
(member_access_expression name: (name) @use)
(object_creation_expression (name) @use)
(binary_expression right: (name) @use)
(binary_expression left: (name) @use)
(return_statement (name) @use)
(argument (name) @use)
(named_type (name) @use)
(base_clause (name) @use)
(class_interface_clause (name) @use)
(use_declaration (name) @use)
(attribute (name) @use)
(qualified_name (name) @use)
(namespace_use_clause (name) @use)
(comment) @comment
