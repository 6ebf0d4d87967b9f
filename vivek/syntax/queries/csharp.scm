(class_declaration name: (identifier) @name) @class
(struct_declaration name: (identifier) @name) @struct
(record_declaration name: (identifier) @name) @record
(interface_declaration name: (identifier) @name) @interface
(enum_declaration name: (identifier) @name) @enum
(method_declaration name: (identifier) @name) @method
(local_function_statement name: (identifier) @name) @function
(constructor_declaration name: (identifier) @name) @constructor
(property_declaration name: (identifier) @name) @property
(delegate_declaration name: (identifier) @name) @delegate
(event_field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @event
(field_declaration (modifier "const") (variable_declaration (variable_declarator name: (identifier) @name))) @constant
(field_declaration (modifier "static") (modifier "readonly")
  (variable_declaration (variable_declarator name: (identifier) @name))) @constant

; uses
(invocation_expression function: (identifier) @use)
(member_access_expression name: (identifier) @use)
(conditional_access_expression (member_binding_expression name: (identifier) @use))
(generic_name (identifier) @use)
(base_list (identifier) @use)
(attribute name: (identifier) @use)
(object_creation_expression type: (identifier) @use)
(parameter type: (identifier) @use)
(variable_declaration type: (identifier) @use)
(method_declaration returns: (identifier) @use)
(property_declaration type: (identifier) @use)
(nullable_type type: (identifier) @use)
(array_type type: (identifier) @use)
(type_argument_list (identifier) @use)
(cast_expression type: (identifier) @use)
(identifier) @word
(parameter name: (identifier) @local)
(local_declaration_statement (variable_declaration (variable_declarator name: (identifier) @local)))
(foreach_statement left: (identifier) @local)
(catch_declaration name: (identifier) @local)
(lambda_expression parameters: (implicit_parameter) @local)
(comment) @comment
(file_scoped_namespace_declaration) @aside
(namespace_declaration name: (_) @aside)
